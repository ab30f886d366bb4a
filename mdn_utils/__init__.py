"""Sequence generation with recurrent networks: the layers, losses and samplers that the notebooks share."""
