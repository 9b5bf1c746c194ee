"""What must be in the dataset of a case, from docs/ and OME-Zarr 0.5 alone: nothing here is of the product."""
