"""A release as data for research: csv, xlsx, SPSS and DDI, with the rows that were counted and no others."""
