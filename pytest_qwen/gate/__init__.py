"""The gate: may this model replace that one? It reads two records and nothing else."""
