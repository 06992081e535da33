
# --- under her er likt for alle uthentinger
given <- commandArgs(trailingOnly = TRUE)
if (length(given)) file <- given[1]

read <- function(file) {
  if (!grepl("[.]sav$", file)) return(read.csv(file, na.strings = c("", no_answer), fileEncoding = "UTF-8"))
  if (!requireNamespace("haven", quietly = TRUE)) stop("For sav trengs pakken haven. Uten den: bruk csv.")
  as.data.frame(haven::zap_labels(haven::zap_missing(haven::read_sav(file, user_na = TRUE))))
}

# En skår av svarene, etter regelen i skjemaet.
score <- function(scale, names) {
  answers <- as.matrix(data[names])
  for (turned in which(scale$turned)) {
    answers[, turned] <- scale$least[turned] + scale$most[turned] - answers[, turned]
  }
  answered <- rowSums(!is.na(answers))
  scores <- rowMeans(answers, na.rm = TRUE) * scale$times
  ifelse(answered >= max(scale$min_answered, 1), scores, NA)
}

# Skåren i fila, etter at den er regnet ut på nytt av svarene og funnet lik.
checked <- function(scale, nth) {
  stored <- data[[scale$scores[nth]]]
  if (length(scale$items)) {
    again <- score(scale, scale$items[[nth]])
    stopifnot(identical(is.na(again), is.na(stored)), all(abs(again - stored) < 1e-9, na.rm = TRUE))
  }
  stored
}

main_row <- function(scale) {
  last <- checked(scale, length(scale$scores))
  if (length(scale$scores) == 1) {
    last <- last[!is.na(last)]
    return(list(n = length(last), before = NA, after = mean(last), change = NA, low = NA, high = NA, d_z = NA))
  }
  first <- checked(scale, 1)
  both <- !is.na(first) & !is.na(last)
  moved <- round(scale$sign * (last[both] - first[both]), 12)
  row <- list(n = sum(both), before = mean(first[both]), after = mean(last[both]), change = mean(moved),
              low = NA, high = NA, d_z = NA)
  if (row$n >= 6 && diff(range(moved)) > 5e-13) {  # det som er igjen av avrunding, er ingen spredning
    interval <- t.test(moved)$conf.int
    row$low <- interval[1]; row$high <- interval[2]; row$d_z <- mean(moved) / sd(moved)
  }
  row
}

data <- read(file)
found <- do.call(rbind, lapply(scales, function(scale) {
  data.frame(scale = scale$name, main_row(scale), stringsAsFactors = FALSE)
}))
write.csv(format(found, digits = 17, trim = TRUE), row.names = FALSE, quote = FALSE)
far <- max(0, abs(as.matrix(found[-1]) - as.matrix(released)), na.rm = TRUE)
cat(sprintf("# Største avvik fra offentliggjøringen: %.3g\n", far))
stopifnot(identical(is.na(as.matrix(found[-1])), is.na(as.matrix(released))), far < 1e-9)
