# Rscript exact_stratified.R > exact_stratified.json
# The exact interval over two strata by brute force: every split of every total, base R's dhyper, nothing else.
# A total is kept where, for some split, the chance of an estimate at least as high (and, for the upper limit, at least
# as low) as the one seen is more than the tail. Only splits that the sample allows are looked at.
limits <- function(N, n, x, tail) {
  s <- outer(0:n[1], 0:n[2], function(a, b) a * N[1] * n[2] + b * N[2] * n[1])
  seen <- x[1] * N[1] * n[2] + x[2] * N[2] * n[1]
  kept <- list(low = NULL, high = NULL)
  for (m1 in x[1]:(N[1] - n[1] + x[1])) for (m2 in x[2]:(N[2] - n[2] + x[2])) {
    p <- outer(dhyper(0:n[1], m1, N[1] - m1, n[1]), dhyper(0:n[2], m2, N[2] - m2, n[2]))
    if (sum(p[s >= seen]) > tail) kept$low <- c(kept$low, m1 + m2)
    if (sum(p[s <= seen]) > tail) kept$high <- c(kept$high, m1 + m2)
  }
  c(min(kept$low), max(kept$high))
}
cases <- list(
  list(c(40, 20), c(8, 4), c(5, 1)), list(c(40, 20), c(8, 4), c(8, 4)), list(c(30, 20), c(5, 5), c(2, 4)),
  list(c(30, 20), c(5, 5), c(0, 3)), list(c(60, 12), c(5, 6), c(3, 0)), list(c(25, 24), c(10, 8), c(7, 5))
)
lines <- c()
for (case in cases) for (tail in c(0.025, 0.1)) {
  found <- limits(case[[1]], case[[2]], case[[3]], tail)
  lines <- c(lines, sprintf('  {"population": [%s], "n": [%s], "good": [%s], "tail": %g, "low": %d, "high": %d}',
    toString(case[[1]]), toString(case[[2]]), toString(case[[3]]), tail, found[1], found[2]))
}
cat('{"source": "exact_stratified.R, ', R.version.string, '", "cases": [\n', sep = "")
cat(lines, sep = ",\n")
cat("\n]}\n")
