"""From a trained network to a bundle, its report and its card; and what can be asked of any bundle."""
