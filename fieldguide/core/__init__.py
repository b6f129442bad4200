"""What the words mean: taxa, danger, the guide, photos, bundles and the decision. Standard library, numpy, Pillow."""
