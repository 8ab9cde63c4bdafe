# Rscript generate.R | python3 generate.py > vectors.jsonl
# Samples of every kind, and what R's wilcox.test says of them; base R only. One JSON object a line.
set.seed(1947)
shapes <- list(
  normal = function(n, shift) round(rnorm(n, 10 + shift, 2), 3),
  skewed = function(n, shift) round(rlnorm(n, 3 + shift / 4, 0.8), 2),
  tied = function(n, shift) rpois(n, 3 + shift),
  coarse = function(n, shift) round(rnorm(n, shift, 1.5) * 2) / 2,
  rare = function(n, shift) rbinom(n, 2, 0.05 + 0.05 * max(0, shift)),
  negative = function(n, shift) round(-rexp(n, 0.2) + shift, 3),
  outliers = function(n, shift) round(rnorm(n, shift, 1) + ifelse(runif(n) < 0.05, 500, 0), 3),
  constant = function(n, shift) rep(7 + shift, n)
)
alternatives <- c("two.sided", "two.sided", "greater", "less")
levels <- c(0.95, 0.98, 0.9, 0.99)
number <- function(v) ifelse(is.na(v), "null", ifelse(is.infinite(v), ifelse(v > 0, "\"Infinity\"", "\"-Infinity\""), sprintf("%.17g", v)))
short <- function(v) ifelse(is.na(v), "null", sprintf("%.10g", v))
list_of <- function(v) paste0("[", paste(short(v), collapse = ","), "]")
asked <- function(x, y, alternative, level, ...)
  suppressWarnings(wilcox.test(x, y, alternative = alternative, conf.level = level, tol.root = 1e-13, ...))

for (case in 1:720) {
  top <- if (case %% 12 == 0) 300 else if (case %% 3 == 0) 70 else if (case %% 3 == 1) 12 else 4
  least <- if (top >= 70) 5 else 1
  shape <- shapes[[1 + case %% length(shapes)]]
  m <- sample(least:top, 1); n <- sample(least:top, 1)
  x <- shape(m, sample(c(0, 0, 0.5, 1, -1), 1)); y <- shape(n, 0)
  if (case %% 10 == 0) { x[runif(m) < 0.2] <- NA; y[runif(n) < 0.2] <- NA }
  if (sum(!is.na(x)) == 0 || sum(!is.na(y)) == 0) next
  alternative <- alternatives[1 + (case %/% 8) %% 4]; level <- levels[1 + (case %/% 32) %% 4]
  test <- asked(x, y, alternative, level)
  with_interval <- tryCatch(asked(x, y, alternative, level, conf.int = TRUE), error = function(e) NULL)
  interval <- if (is.null(with_interval)) c(NA, NA) else with_interval$conf.int
  estimate <- if (is.null(with_interval)) NA else with_interval$estimate
  cat(sprintf("{\"x\":%s,\"y\":%s,\"alternative\":\"%s\",\"level\":%g,\"method\":\"%s\",\"u\":%s,\"p\":%s,\"estimate\":%s,\"low\":%s,\"high\":%s}\n",
    list_of(x), list_of(y), sub(".", "-", alternative, fixed = TRUE), level,
    if (grepl("exact", test$method)) "exact" else "asymptotic",
    short(test$statistic), number(test$p.value), number(estimate), number(interval[1]), number(interval[2])))
}
