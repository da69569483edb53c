# Numbers that tests/improvement/test_response.py compares against.
# Run: Rscript dispositions_survey.R > dispositions_survey.json
# Made-up rounds from a fixed seed: tickets opened in order, k of them disposed of, most replaced by the next ticket.
# Every expected figure is computed by survey, none by audit_toolkit. A round has N_h eligible cases a stratum, m_h
# opened, i_h ineligible, e_h = m_h - i_h, r_h rated.
#   ineligible: subset() of the design over all opened tickets, weight N_h / m_h, fpc N_h
#   unread:     dropped; a rated case's weight N_h / m_h times the response factor e_h / r_h of its stratum, an
#               ineligible one's the same; fpc the sum of these weights
suppressMessages({library(survey); library(jsonlite)})
options(digits = 17, survey.lonely.psu = "fail")
RNGversion("3.6.0"); set.seed(20100215)
UNREAD <- c("missing file", "restricted", "not returned")
GOOD <- c(A = .5, B = .75, C = .85, D = .3, E = .6)

opened <- function(N, n, k, reasons, replace_share) {
  rows <- do.call(rbind, lapply(names(n), function(h)
    data.frame(stratum = h, draw_order = seq_len(n[h]), status = "rated", stringsAsFactors = FALSE)))
  for (event in seq_len(k)) {
    left <- which(rows$status == "rated")
    # A stratum keeps two rated cases, and so a variance.
    left <- left[table(rows$stratum[left])[rows$stratum[left]] > 2]
    at <- left[sample.int(length(left), 1)]
    h <- rows$stratum[at]; rows$status[at] <- reasons[sample.int(length(reasons), 1)]
    m <- sum(rows$stratum == h)
    if (runif(1) < replace_share && m < N[h])
      rows <- rbind(rows, data.frame(stratum = h, draw_order = m + 1, status = "rated", stringsAsFactors = FALSE))
  }
  rows <- rows[order(rows$stratum, rows$draw_order), ]
  rows$case_id <- sprintf("%s%03d", rows$stratum, rows$draw_order)
  latent <- rnorm(nrow(rows)) + qnorm(GOOD[rows$stratum])
  rows$good <- as.integer(latent > 0); rows$score <- round(50 + 12 * latent, 2)
  rows$answered <- as.integer(runif(nrow(rows)) > .2); rows$member <- as.integer(runif(nrow(rows)) > .5)
  rows
}

weighed <- function(rows, N) {
  m <- table(rows$stratum); i <- table(factor(rows$stratum[rows$status == "ineligible"], names(m)))
  r <- table(factor(rows$stratum[rows$status == "rated"], names(m)))
  rows$weight <- as.numeric((N[rows$stratum] / m[rows$stratum]) * ((m - i) / r)[rows$stratum])
  kept <- rows[!(rows$status %in% UNREAD), ]
  kept$size <- ave(kept$weight, kept$stratum, FUN = sum)
  kept
}

figures <- function(s) list(value = as.numeric(coef(s)), standard_error = as.numeric(SE(s)))
estimates <- function(rows, N, fpc) {
  kept <- weighed(rows, N)
  design <- if (fpc) svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~size, data = kept)
            else svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = kept)
  all <- subset(design, status == "rated"); answered <- subset(design, status == "rated" & answered == 1)
  member <- subset(design, status == "rated" & answered == 1 & member == 1)
  ends <- function(s) figures(s)
  list(total_score = ends(svytotal(~score, all)), total_good = ends(svytotal(~good, all)),
       mean_score = ends(svymean(~score, all)), share_good = ends(svymean(~good, all)),
       mean_answered = ends(svymean(~score, answered)), share_answered = ends(svymean(~good, answered)),
       share_member = ends(svymean(~good, member)), mean_member = ends(svymean(~score, member)),
       beta = as.numeric(confint(svyciprop(~good, all, method = "beta"))))
}

designs <- list(
  proportional = list(N = c(A = 300, B = 200, C = 60, D = 20), n = c(A = 26, B = 18, C = 8, D = 6)),
  equal = list(N = c(A = 140, B = 90, C = 40, D = 25, E = 60), n = c(A = 10, B = 10, C = 10, D = 10, E = 10)),
  "one stratum" = list(N = c(A = 250), n = c(A = 40)),
  "census stratum" = list(N = c(A = 120, B = 9, C = 30), n = c(A = 20, B = 9, C = 8)))
ends <- list(ineligible = "ineligible", unread = UNREAD, both = c("ineligible", UNREAD))
rounds <- list()
for (d in names(designs)) for (e in names(ends)) for (k in c(1, 4, 11)) {
  N <- designs[[d]]$N
  rows <- opened(N, designs[[d]]$n, k, ends[[e]], if (d == "census stratum") 1 else .8)
  rounds[[length(rounds) + 1]] <- list(design = d, ends = e, k = k, N = as.list(N), cases = rows,
    fpc = estimates(rows, N, TRUE), no_fpc = estimates(rows, N, FALSE))
}
versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
cat(toJSON(list(script = "dispositions_survey.R", versions = versions, rounds = rounds), dataframe = "columns",
  digits = NA, auto_unbox = TRUE), "\n")
