# Two rounds by R's survey, for thousands of rounds at once. Run: Rscript calibration_survey.R FOLDER
# FOLDER/strata.csv: cell, round, stratum, N, n. FOLDER/counts.csv: cell, round, replicate, stratum, good.
# FOLDER/wanted.csv: cell, intervals (how many replicates of round 1 get svyciprop intervals).
# Writes FOLDER/means.csv and FOLDER/intervals.csv; every figure in them is computed by survey.
suppressMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
folder <- commandArgs(trailingOnly = TRUE)[1]
strata <- read.csv(file.path(folder, "strata.csv"))
counts <- read.csv(file.path(folder, "counts.csv"))
wanted <- read.csv(file.path(folder, "wanted.csv"))
TOGETHER <- 20  # columns in one call: svymean works out all their covariances

design <- function(s, fpc) {
  cases <- data.frame(stratum = rep(s$stratum, s$n), N = rep(s$N, s$n), w = rep(s$N / s$n, s$n))
  if (fpc) svydesign(~1, strata = ~stratum, weights = ~w, fpc = ~N, data = cases)
  else svydesign(~1, strata = ~stratum, weights = ~w, data = cases)
}

answers <- function(good, s) {  # good: strata x replicates
  as.matrix(apply(good, 2, function(g) unlist(mapply(function(k, n) rep(1:0, c(k, n - k)), g, s$n, SIMPLIFY = FALSE))))
}

means <- intervals <- list()
for (piece in split(counts, list(counts$cell, counts$round), drop = TRUE)) {
  cell <- piece$cell[1]; round <- piece$round[1]
  s <- strata[strata$cell == cell & strata$round == round, ]
  piece <- piece[order(piece$replicate, piece$stratum), ]
  y <- answers(matrix(piece$good, nrow = nrow(s)), s)
  colnames(y) <- paste0("y", seq_len(ncol(y)))
  for (fpc in c(FALSE, TRUE)) {
    d <- design(s, fpc)
    for (from in seq(1, ncol(y), TOGETHER)) {
      at <- from:min(from + TOGETHER - 1, ncol(y))
      m <- svymean(y[, at, drop = FALSE], d)
      means[[length(means) + 1]] <- data.frame(cell = cell, round = round, fpc = as.integer(fpc), replicate = at - 1,
                                               mean = as.numeric(coef(m)), se = as.numeric(SE(m)), df = degf(d))
    }
  }
  some <- wanted$intervals[wanted$cell == cell]
  if (round == 1 && some > 0) for (i in seq_len(min(some, ncol(y)))) {
    one <- update(d, y = y[, i])
    for (method in c("logit", "beta", "mean", "asin")) {
      ci <- tryCatch(suppressWarnings(as.numeric(confint(svyciprop(~y, one, method = method)))),
                     error = function(e) c(NA, NA))
      intervals[[length(intervals) + 1]] <- data.frame(cell = cell, replicate = i - 1, method = method,
                                                       low = ci[1], high = ci[2])
    }
  }
}
write.csv(do.call(rbind, means), file.path(folder, "means.csv"), row.names = FALSE)
none <- data.frame(cell = integer(), replicate = integer(), method = character(), low = numeric(), high = numeric())
write.csv(if (length(intervals)) do.call(rbind, intervals) else none, file.path(folder, "intervals.csv"), row.names = FALSE)
writeLines(as.character(packageVersion("survey")), file.path(folder, "version.txt"))
