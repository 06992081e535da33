# Expected values for tests/evaluation/test_statistics_against_r.py, by R and packages that others have written.
#
#   Rscript tests/evaluation/expected/statistics.R      (Debian: r-base-core r-cran-psych r-cran-effectsize
#                                                        r-cran-coin r-cran-jsonlite r-cran-nlme)
#
# Reads samples.json beside it and writes statistics.json. The tests themselves need no R.
suppressPackageStartupMessages({library(jsonlite); library(effectsize); library(coin); library(psych); library(nlme)})
here <- "tests/evaluation/expected"
samples <- fromJSON(file.path(here, "samples.json"), simplifyVector = TRUE)

paired <- lapply(samples$paired, function(s) {
  d <- round(s$after - s$before, 9)
  test <- t.test(s$after, s$before, paired = TRUE)
  z <- cohens_d(s$after, s$before, paired = TRUE)
  g <- hedges_g(s$after, s$before, paired = TRUE)
  t <- unname(test$statistic); df <- length(d) - 1; wide <- 8 * sqrt(1 + t^2 / (2 * df))
  edge <- function(share) uniroot(function(ncp) pt(t, df, ncp) - share, c(t - wide, t + wide),
                                  tol = 1e-13)$root / sqrt(length(d))  # effectsize stops at three figures
  moved <- d[d != 0]
  signed <- wilcox.test(moved, exact = FALSE, correct = FALSE)
  table <- data.frame(d = d)
  asymptotic <- wilcoxsign_test(d ~ rep(0, length(d)), data = table, zero.method = "Wilcoxon")
  walsh <- outer(d, d, "+") / 2
  r <- rank_biserial(d, mu = 0)$r_rank_biserial
  others <- sapply(seq_along(moved), function(i) mean(sign(moved[i] + moved[-i])))
  around <- if (abs(r) == 1) c(r, r) else
    tanh(atanh(r) + c(-1, 1) * qnorm(.975) * 2 * sd(others) / sqrt(length(moved)) / (1 - r^2))
  out <- max(1, qsignrank(.025, length(d)))
  average <- (sd(s$before) + sd(s$after)) / 2
  limit <- qnorm(.975) * sd(s$before) * sqrt(2) * sqrt(1 - .8)  # Jacobson & Truax, reliability .80
  at <- function(count) suppressWarnings(prop.test(count, length(d), correct = FALSE))$conf.int
  few <- length(moved) <= 50
  list(d_av = mean(d) / average, d_av_low = edge(.975) * sd(d) / average, d_av_high = edge(.025) * sd(d) / average,
       d_pre = mean(d) / sd(s$before), limit = limit, better = sum(d > limit), worse = sum(d < -limit),
       floor = sum(s$before <= 2.5), floor_low = at(sum(s$before <= 2.5))[1], floor_high = at(sum(s$before <= 2.5))[2],
       ceiling = sum(s$before >= 4), ceiling_low = at(sum(s$before >= 4))[1], ceiling_high = at(sum(s$before >= 4))[2],
       every_sign_p = if (few) pvalue(wilcoxsign_test(d ~ rep(0, length(d)), data = table, zero.method = "Wilcoxon",
                                                      distribution = "exact"))[1] else NA,
       no_ties_p = if (few && !anyDuplicated(abs(moved)) && length(moved) == length(d))
         wilcox.test(d, exact = TRUE)$p.value else NA,
       n = length(d), mean = mean(d), sd = sd(d), correlation = cor(s$before, s$after),
       t = unname(test$statistic), p = test$p.value, low = test$conf.int[1], high = test$conf.int[2],
       d_z = z$Cohens_d, d_z_low = edge(.975), d_z_high = edge(.025),
       g_z = g$Hedges_g,
       w_plus = unname(signed$statistic), signed_p = pvalue(asymptotic)[1],
       rank_biserial_low = around[1], rank_biserial_high = around[2],
       median_low = sort(walsh[lower.tri(walsh, diag = TRUE)])[out],
       median_high = rev(sort(walsh[lower.tri(walsh, diag = TRUE)]))[out],
       rank_biserial = rank_biserial(d, mu = 0)$r_rank_biserial,  # of rounded differences: 3.2 - 3 is 4.2 - 4
       hodges_lehmann = median(walsh[lower.tri(walsh, diag = TRUE)]))
})

scales <- lapply(samples$scales, function(rows) {
  items <- as.matrix(rows)
  a <- suppressWarnings(suppressMessages(psych::alpha(items, check.keys = FALSE)))
  feldt <- psych::alpha.ci(a$total$raw_alpha, n.obs = nrow(items), n.var = ncol(items), digits = 12)
  omega <- NA
  if (ncol(items) >= 3) {
    f <- factanal(items, factors = 1, control = list(nstart = 5, opt = list(maxit = 5000, factr = 10)))
    sds <- apply(items, 2, sd)
    loading <- as.vector(f$loadings) * sds
    omega <- sum(loading)^2 / (sum(loading)^2 + sum(f$uniquenesses * sds^2))
  }
  list(n = nrow(items), alpha = a$total$raw_alpha, low = feldt$lower.ci, high = feldt$upper.ci,
       omega = omega, two = if (ncol(items) == 2) { r <- cor(items)[1, 2]; 2 * r / (1 + r) } else NA)
})

shares <- lapply(samples$shares, function(s) {
  interval <- suppressWarnings(prop.test(s[1], s[2], correct = FALSE))$conf.int
  list(low = interval[1], high = interval[2])
})

independent <- lapply(samples$independent, function(s) {
  test <- t.test(s$second, s$first)
  list(mean = mean(s$second) - mean(s$first), p = test$p.value, low = test$conf.int[1], high = test$conf.int[2])
})

ranks <- lapply(samples$ranks, function(s) {
  rho <- cor(s$first, s$second, method = "spearman")
  z <- fisherz(rho) + c(-1, 1) * qnorm(.975) * sqrt((1 + rho^2 / 2) / (length(s$first) - 3))  # Bonett & Wright
  list(rho = rho, low = fisherz2r(z[1]), high = fisherz2r(z[2]))
})

holes <- lapply(samples$holes, function(rows) {
  colnames(rows) <- letters[1:4]
  turned <- reverse.code(keys = c(1, -1, 1, -1), items = rows, mini = 1, maxi = 5)
  scores <- ifelse(rowSums(!is.na(turned)) >= 3, rowMeans(turned, na.rm = TRUE), NA)
  whole <- turned[complete.cases(turned), ]
  a <- suppressWarnings(suppressMessages(psych::alpha(whole, check.keys = FALSE)))
  list(scores = scores, prorated = sum(rowSums(!is.na(turned)) == 3), whole = nrow(whole), alpha = a$total$raw_alpha)
})

clusters <- lapply(samples$clusters, function(s) {
  frame <- data.frame(y = s$values, g = factor(s$groups))
  table <- anova(aov(y ~ g, data = frame))
  sizes <- as.vector(table(frame$g))
  n0 <- (sum(sizes) - sum(sizes^2) / sum(sizes)) / (length(sizes) - 1)
  between <- table$`Mean Sq`[1]; within <- table$`Mean Sq`[2]
  ends <- between / within / qf(c(.975, .025), length(sizes) - 1, sum(sizes) - length(sizes))
  low_high <- (ends - 1) / (ends + n0 - 1)
  alike <- length(unique(sizes)) == 1  # psych has them for groups of one size
  shrout <- if (alike) ICC(matrix(s$values, ncol = sizes[1], byrow = TRUE), lmer = FALSE)$results[1, ] else NULL
  list(icc = (between - within) / (between + (n0 - 1) * within), low = low_high[1], high = low_high[2],
       psych_low = if (alike) shrout$`lower bound` else NA, psych_high = if (alike) shrout$`upper bound` else NA)
})

mixed <- lapply(samples$clusters[c("apart", "unequal")], function(s) {
  fitted <- lme(y ~ 1, random = ~ 1 | g, data = data.frame(y = s$values, g = factor(s$groups)), method = "REML",
                control = lmeControl(tolerance = 1e-12, msTol = 1e-14, niterEM = 500, maxIter = 500, msMaxIter = 500))
  list(mean = unname(fixef(fitted)), error = unname(sqrt(vcov(fitted)[1, 1])))
})

found <- list(paired = paired, scales = scales, shares = shares, independent = independent, ranks = ranks,
              clusters = clusters, mixed = mixed, holes = holes, versions = list(R = R.version.string, psych = as.character(packageVersion("psych")),
              effectsize = as.character(packageVersion("effectsize")), coin = as.character(packageVersion("coin"))))
write(toJSON(found, digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE), file.path(here, "statistics.json"))
