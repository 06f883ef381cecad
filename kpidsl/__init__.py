"""kpidsl: define KPIs in YAML, check what they mean, compute them and judge the values."""
