"""The frameworks, limits and plan that ship with audit_toolkit, as YAML files beside this one."""
