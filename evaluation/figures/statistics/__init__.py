"""Statistics with named conventions. Each function says its formula and its source; none reads a row."""
