"""The endpoints, one file each. A function takes a Request and gives a Reply, or raises a refusal."""
