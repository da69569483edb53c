"""What is promised of speed and memory, each figure by one command: python -m benchmarks NAME [--quick] [--json]."""
