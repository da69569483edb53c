# Numbers that tests/improvement/test_elsewhere_survey.py compares against.
# Run: Rscript elsewhere_survey.R > elsewhere_survey.json
# Forty designs from a fixed seed: 1 to 20 strata, unequal weights, census strata, strata of one case, N/A, subgroups, with
# and without finite population correction. Every figure is computed by survey or base R, none by audit_toolkit.
suppressMessages(library(survey))
# JSON by hand: numbers with 17 digits, a vector of one as itself.
json <- function(x) {
  one <- function(v) if (is.character(v)) dQuote(v, FALSE) else if (is.logical(v)) tolower(v) else formatC(v, digits = 17, width = -1)
  if (is.null(x)) "null"
  else if (is.list(x)) sprintf("{%s}", paste(sprintf("%s: %s", dQuote(names(x), FALSE), sapply(x, json)), collapse = ", "))
  else if (length(x) == 1) one(unname(x))
  else sprintf("[%s]", paste(sapply(unname(x), one), collapse = ", "))
}
options(digits = 17, survey.lonely.psu = "fail")
RNGversion("3.6.0"); set.seed(20260715)
level <- .95

draw <- function(H, census, lonely) {
  label <- sprintf("S%02d", seq_len(H))
  N <- round(exp(runif(H, log(8), log(400))))
  n <- pmin(N, sample(2:9, H, replace = TRUE)); if (H == 1) n <- pmin(N, 25)
  if (census > 0) { at <- seq_len(census); N[at] <- sample(1:6, census, replace = TRUE); n[at] <- N[at] }
  if (lonely > 0) n[H - seq_len(lonely) + 1] <- 1
  names(N) <- names(n) <- label
  stratum <- rep(label, n); k <- length(stratum)
  good <- runif(H, .1, .95)[match(stratum, label)]
  latent <- rnorm(k) + qnorm(good)
  cases <- data.frame(stratum, outcome = as.integer(latent > 0), grade = as.integer(cut(latent, c(-Inf, -.6, 0, .8, Inf))),
    score = round(50 + 12 * latent, 1), visits = rpois(k, 4) + 1, answered = as.integer(runif(k) > .15),
    member = as.integer(runif(k) > .5), stringsAsFactors = FALSE)
  list(N = N, cases = cases)
}
figures <- function(s) list(value = as.numeric(coef(s)), standard_error = as.numeric(SE(s)))
with_t <- function(s, df) c(figures(s), list(df = df, ci = as.numeric(confint(s, level = level, df = df))))
# Korn and Graubard (1998) with a design cap: the effective size is never more than n0, which it is where V = 0.
capped <- function(d, a, N, n, fpc) {
  s <- svyratio(~I(outcome * a), ~a, d); p <- as.numeric(coef(s)); V <- as.numeric(SE(s))^2
  w <- weights(d); f <- if (fpc) (n / N)[d$variables$stratum] else 0
  n0 <- sum(w * a)^2 / sum((1 - f) * w^2 * a)
  sub <- subset(d, a == 1); m <- sum(a); df <- degf(sub)
  size <- if (V > 1e-20) min(p * (1 - p) / V * (if (df > 0) qt(.975, m - 1) / qt(.975, df) else 0)^2, n0) else n0
  c(if (p > 0) qbeta(.025, size * p, size * (1 - p) + 1) else 0, if (p < 1) qbeta(.975, size * p + 1, size * (1 - p)) else 1)
}
whose <- function(d, a, N, n, fpc) {
  d <- update(d, a = a); sub <- subset(d, a == 1); df <- degf(sub)
  share <- svyratio(~I(outcome * a), ~a, d); p <- as.numeric(coef(share))
  out <- list(share = c(figures(share), list(df = df, capped = capped(d, a, N, n, fpc))),
    mean = with_t(svymean(~score, sub), df), total = with_t(svytotal(~score, sub), df),
    ratio = with_t(svyratio(~score, ~visits, sub), df), n = sum(a))
  if (p > 0 && p < 1 && as.numeric(SE(share)) > 1e-10)
    out$share$ci <- sapply(c("beta", "xlogit", "asin", "mean"), function(m)
      as.numeric(confint(svyciprop(~outcome, sub, method = m, level = level))), simplify = FALSE)
  grades <- sapply(1:4, function(g) figures(svymean(as.formula(sprintf("~I(as.numeric(grade == %d))", g)), sub)), simplify = FALSE)
  out$grades <- list(value = sapply(grades, `[[`, "value"), standard_error = sapply(grades, `[[`, "standard_error"))
  out
}

designs <- list()
for (i in 1:40) {
  H <- c(1, 2, 3, 5, 8, 12, 16, 20)[(i - 1) %% 8 + 1]
  census <- if (i %% 3 == 0 && H > 2) 1 + H %/% 6 else 0
  lonely <- if (i %% 4 == 2 && H > 3) 1 + H %/% 10 else if (i %% 4 == 3 && H > 2) 1 else 0
  repeat {
    made <- draw(H, census, lonely); a <- made$cases$answered; b <- a * made$cases$member
    if (sum(a) - length(unique(made$cases$stratum[a == 1])) > 1 && sum(b) - length(unique(made$cases$stratum[b == 1])) > 1 &&
        length(unique(made$cases$outcome[a == 1])) == 2) break
  }
  cases <- made$cases; N <- made$N; n <- table(cases$stratum)[names(N)]; n <- setNames(as.numeric(n), names(N))
  # A stratum of one case that is not a census is taken with the one before it, for the variance only.
  pseudo <- setNames(names(N), names(N)); alone <- names(N)[n == 1 & N > 1]
  for (h in alone) pseudo[h] <- pseudo[names(N)[match(h, names(N)) - 1]]
  collapse <- lapply(setNames(alone, alone), function(h) names(N)[match(h, names(N)) - 1])
  for (fpc in c(TRUE, FALSE)) {
    if (!fpc && any(n == 1 & N == 1)) next
    d <- cases; d$weight <- (N / n)[d$stratum]; d$group <- pseudo[d$stratum]
    d$size <- tapply(N, pseudo, sum)[d$group]
    make <- function(strata, size) if (fpc) svydesign(ids = ~1, strata = strata, weights = ~weight, fpc = size, data = d) else
      svydesign(ids = ~1, strata = strata, weights = ~weight, data = d)
    refused <- FALSE
    if (length(alone)) {
      d$own <- N[d$stratum]
      refused <- inherits(try(svymean(~score, make(~stratum, ~own)), silent = TRUE), "try-error")
    }
    design <- make(~group, ~size)
    # The cap n0 is of the strata as drawn, whatever is collapsed for the variance.
    designs[[length(designs) + 1]] <- list(id = sprintf("design %d, %s", i, if (fpc) "register" else "process"), strata = H,
      fpc = fpc, N = as.list(N), collapse = if (length(collapse)) collapse else NULL, lonely_refused = refused,
      cases = as.list(cases), answered = whose(design, a, N, n, fpc), member = whose(design, b, N, n, fpc))
  }
}
versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
names(designs) <- sapply(designs, `[[`, "id")
cat(sprintf('{"script": "elsewhere_survey.R", "versions": %s, "designs": {\n%s\n}}\n', json(versions),
  paste(sprintf("%s: %s", dQuote(names(designs), FALSE), sapply(designs, json)), collapse = ",\n")))
