# Bands by the cumulated square root of frequencies (Dalenius and Hodges 1959), in base R and its own data sets.
# Run: Rscript tests/reference/bands.R > tests/reference/bands.json
# Classes of equal width from the least value to the greatest, their lower edge included; a boundary is the class
# whose cumulated root is nearest to each equal part of the whole, the lower one of two that are as near.
cumulated_root <- function(x, bands, classes) {
  tenths <- round(10 * x)  # whole numbers, so that a value on the edge of a class is there for certain
  class <- pmin(floor((tenths - min(tenths)) * classes / (max(tenths) - min(tenths))), classes - 1)
  steps <- cumsum(sqrt(tabulate(class + 1, classes)))
  goals <- steps[classes] * seq_len(bands - 1) / bands
  last <- unique(sapply(goals, function(goal) which.min(abs(steps - goal))))
  band <- findInterval(class, last) + 1
  list(lowest = as.numeric(tapply(x, band, min))[-1], cases = as.integer(table(band)))
}
numbers <- function(x) paste0("[", paste(format(x, digits = 15, trim = TRUE), collapse = ", "), "]")
data_sets <- list(rivers = rivers, precip = as.numeric(precip), waiting = faithful$waiting,
                  wind = airquality$Wind, islands = as.numeric(islands))
cases <- character()
for (name in names(data_sets)) for (bands in c(2, 3, 5)) for (classes in c(15 * bands, 40)) {
  found <- cumulated_root(data_sets[[name]], bands, classes)
  cases <- c(cases, sprintf('  {"data": "%s", "bands": %d, "classes": %d, "lowest": %s, "cases": %s}', name,
                            as.integer(bands), as.integer(classes), numbers(found$lowest), numbers(found$cases)))
}
data <- sprintf('  "%s": %s', names(data_sets), sapply(data_sets, numbers))
cat("{\n", sprintf(' "R": "%s",\n "data": {\n', R.version.string), paste(data, collapse = ",\n"),
    "\n },\n \"cases\": [\n", paste(cases, collapse = ",\n"), "\n ]\n}\n", sep = "")
