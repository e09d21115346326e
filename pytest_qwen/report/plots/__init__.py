"""The geometry of intervals, histograms and plots."""
