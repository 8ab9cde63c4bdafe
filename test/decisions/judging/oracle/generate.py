"""Adds to each case of generate.R what SciPy's mannwhitneyu says of it, by the same method."""
import json
import sys

from scipy.stats import mannwhitneyu

for line in sys.stdin:
    case = json.loads(line)
    x, y = ([value for value in case[lane] if value is not None] for lane in ("x", "y"))
    test = mannwhitneyu(x, y, alternative=case["alternative"], method=case["method"])
    case["scipy"] = float(test.pvalue)
    print(json.dumps(case, separators=(",", ":")))
