"""What make.py is made of: models of one layer each, in Keras and in PyTorch, and the files that say the same."""
