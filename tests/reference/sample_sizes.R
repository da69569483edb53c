# Numbers of cases, and chances of few exceptions, computed with R and Hmisc. Run: Rscript sample_sizes.R > sample_sizes.json
suppressMessages(library(Hmisc))
number <- function(x) formatC(x, digits = 17, format = "g")
rows <- character()
for (p1 in c(0.1, 0.3, 0.5, 0.7)) for (change in c(0.1, 0.2, 0.25)) for (power in c(0.8, 0.9)) {
  n <- bsamsize(p1, p1 + change, fraction = 0.5, alpha = 0.05, power = power)[["n1"]]
  rows <- c(rows, sprintf('    {"from": %s, "change": %s, "power": %s, "n": %s}', p1, change, power, number(n)))
}
changes <- paste(rows, collapse = ",\n")
rows <- character()
for (odds in c(1.3, 1.5, 2)) {
  before <- c(0.25, 0.25, 0.25, 0.25)
  below <- c(0.75, 0.5, 0.25)
  after <- -diff(c(1, plogis(qlogis(below) - log(odds)), 0))
  mean <- (before + after) / 2
  n <- posamsize(mean, odds.ratio = odds, fraction = 0.5, alpha = 0.05, power = 0.8)$n / 2
  rows <- c(rows, sprintf('    {"odds": %s, "later": [%s], "n": %s}', odds, paste(number(after), collapse = ", "), number(n)))
}
grades <- paste(rows, collapse = ",\n")
rows <- character()
for (N in c(30, 200, 696, 5000)) for (most in c(0, 1, 6, 20)) for (found in c(0, 1, 3)) if (found <= most && most < N) {
  n <- found:N
  chance <- phyper(found, most + 1, N - most - 1, n)
  rows <- c(rows, sprintf('    {"population": %d, "most": %d, "found": %d, "n": %d}', N, most, found, min(n[chance <= 0.05 + 1e-12])))
}
exceptions <- paste(rows, collapse = ",\n")
cat(sprintf('{\n  "R": "%s",\n  "Hmisc": "%s",\n  "changes": [\n%s\n  ],\n  "grades": [\n%s\n  ],\n  "exceptions": [\n%s\n  ]\n}\n',
            R.version.string, packageVersion("Hmisc"), changes, grades, exceptions))
