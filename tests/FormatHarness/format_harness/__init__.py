"""Random acquisitions, what must be in the dataset of each, and what independent readers find there."""
