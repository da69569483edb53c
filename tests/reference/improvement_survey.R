# Numbers that tests/improvement/ compares against. Run: Rscript improvement_survey.R > improvement_survey.json
# Made-up cases from a fixed seed; every expected figure is computed by survey, pROC or base R, none by audit_toolkit.
suppressMessages({library(survey); library(pROC); library(jsonlite)})
options(digits = 15, survey.lonely.psu = "fail")
RNGversion("3.6.0"); set.seed(20100215)

N <- c(A = 300, B = 200, C = 60, D = 20)
N2 <- c(A = 260, B = 240, C = 70, D = 30)
draw <- function(tag, n, shift) {
  stratum <- rep(names(n), n)
  good <- c(A = .5, B = .7, C = .85, D = .3)[stratum]
  latent <- rnorm(length(stratum)) + qnorm(good) + shift
  data.frame(case_id = sprintf("%s%03d", tag, seq_along(stratum)), stratum = stratum,
             outcome = as.integer(latent > 0), grade = as.integer(cut(latent, c(-Inf, -.7, 0, .9, Inf))),
             score = round(50 + 12 * latent, 2), answered = as.integer(runif(length(stratum)) > .2),
             member = as.integer(runif(length(stratum)) > .55), stringsAsFactors = FALSE)
}
first <- draw("e", c(A = 24, B = 18, C = 10, D = 8), 0)
second <- draw("l", c(A = 20, B = 20, C = 12, D = 8), .4)

design <- function(d, N, fpc = TRUE, strata = d$stratum, size = N[d$stratum]) {
  n <- table(d$stratum)
  d$weight <- as.numeric(N[d$stratum] / n[d$stratum]); d$strata <- strata; d$size <- as.numeric(size)
  if (fpc) svydesign(ids = ~1, strata = ~strata, weights = ~weight, fpc = ~size, data = d)
  else svydesign(ids = ~1, strata = ~strata, weights = ~weight, data = d)
}
figures <- function(s) list(value = as.numeric(coef(s)), standard_error = as.numeric(SE(s)))
interval <- function(s, df) c(figures(s), list(ci = as.numeric(confint(s, df = df)), df = df))
shares <- function(d) sapply(c("beta", "logit", "asin", "mean"), function(m) {
  p <- svyciprop(~outcome, d, method = m); c(as.numeric(confint(p)))
}, simplify = FALSE)

out <- list()
for (fpc in c(TRUE, FALSE)) {
  d <- design(first, N, fpc); tag <- if (fpc) "fpc" else "no_fpc"
  answered <- subset(d, answered == 1); member <- subset(d, member == 1 & answered == 1)
  ratio <- svyratio(~I(outcome * answered), ~answered, d)
  out[[paste0("share_all_", tag)]] <- c(figures(svymean(~outcome, d)), list(ci = shares(d), df = degf(d)))
  out[[paste0("share_answered_", tag)]] <- c(figures(ratio), list(ci = shares(answered), df = degf(answered)))
  out[[paste0("share_member_", tag)]] <- c(figures(svymean(~outcome, member)), list(ci = shares(member), df = degf(member)))
  out[[paste0("mean_all_", tag)]] <- interval(svymean(~score, d), degf(d))
  out[[paste0("mean_answered_", tag)]] <- interval(svymean(~score, answered), degf(answered))
  out[[paste0("mean_member_", tag)]] <- interval(svymean(~score, member), degf(member))
  out[[paste0("total_all_", tag)]] <- interval(svytotal(~score, d), degf(d))
  out[[paste0("total_answered_", tag)]] <- interval(svytotal(~score, answered), degf(answered))
}
# One case of D alone, collapsed with C for the variance; a census of D.
thin <- first[!(first$stratum == "D" & duplicated(first$stratum)), ]
pseudo <- ifelse(thin$stratum == "D", "C", thin$stratum)
joined <- c(A = 300, B = 200, C = 80)
out$thin_cases <- thin$case_id
out$mean_collapsed <- interval(svymean(~score, design(thin, N, TRUE, pseudo, joined[pseudo])), nrow(thin) - 3)
census <- N; census["D"] <- 8
out$mean_census_stratum <- interval(svymean(~score, design(first, census)), nrow(first) - 4)

# Change, both rounds with the later N_h, no finite population correction.
d1 <- design(first, N2, FALSE); d2 <- design(second, N2, FALSE)
change <- function(a, b) {
  k <- nrow(first) + nrow(second) - 8; d <- as.numeric(coef(b) - coef(a)); se <- sqrt(as.numeric(SE(a)^2 + SE(b)^2))
  list(earlier = as.numeric(coef(a)), later = as.numeric(coef(b)), change = d, standard_error = se, df = k,
       ci = d + c(-1, 1) * qt(.975, k) * se, p_value = pt(-d / se, k))
}
out$change_mean <- change(svymean(~score, d1), svymean(~score, d2))
out$round_shares <- list(earlier = figures(svymean(~outcome, d1)), later = figures(svymean(~outcome, d2)),
  earlier_answered = figures(svyratio(~I(outcome * answered), ~answered, d1)),
  later_answered = figures(svyratio(~I(outcome * answered), ~answered, d2)))
# The same cases in both rounds: the second score is the first with something added.
again <- first; again$second <- round(first$score + 3 + rnorm(nrow(first), sd = 5), 2)
paired <- design(again, N2, FALSE)
out$paired_score <- again$second
out$change_paired <- interval(svymean(~I(second - score), paired), nrow(again) - 4)
one <- t.test(again$second[again$stratum == "A"], again$score[again$stratum == "A"], paired = TRUE)
out$change_paired_one_stratum <- list(ci = as.numeric(one$conf.int), df = as.numeric(one$parameter), p_two_sided = one$p.value)

# Grades: DeLong's variance of each stratum's theta from pROC, the pooled form by base R.
strata <- names(N2); W <- N2 / sum(N2)
delong <- sapply(strata, function(h) {
  e <- first$grade[first$stratum == h]; l <- second$grade[second$stratum == h]
  r <- roc(rep(0:1, c(length(e), length(l))), c(e, l), direction = "<", quiet = TRUE)
  psi <- outer(l, e, function(a, b) (a > b) + (a == b) / 2)
  c(theta = as.numeric(auc(r)), variance = var(r, method = "delong"),
    v1 = var(colMeans(psi)), v2 = var(rowMeans(psi)), n1 = length(e), n2 = length(l))
})
s1 <- sum((delong["n1", ] - 1) * delong["v1", ]) / sum(delong["n1", ] - 1)
s2 <- sum((delong["n2", ] - 1) * delong["v2", ]) / sum(delong["n2", ] - 1)
out$grades <- list(theta = sum(W * delong["theta", ]), separate = sum(W^2 * delong["variance", ]),
  pooled = s1 * sum(W^2 / delong["n1", ]) + s2 * sum(W^2 / delong["n2", ]), df = nrow(first) + nrow(second) - 8,
  by_stratum = list(stratum = strata, theta = delong["theta", ], variance = delong["variance", ]))

versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")), pROC = as.character(packageVersion("pROC")))
cat(toJSON(list(script = "improvement_survey.R", versions = versions, N = as.list(N), N_later = as.list(N2),
  earlier = first, later = second, expected = out), digits = 17, auto_unbox = TRUE, pretty = 1), "\n")
