"""What was trained: weights, configurations, recipes and model cards."""
