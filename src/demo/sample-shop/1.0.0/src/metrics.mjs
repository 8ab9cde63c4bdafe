const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counts requests and renders the counts in the text format of Prometheus. */
export function createMetrics() {
  const requests = new Map();
  const atMost = buckets.map(() => 0);
  let sum = 0;
  let count = 0;

  return {
    observe({ route, status, seconds }) {
      const labels = `route="${route}",status="${status}"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      buckets.forEach((bound, i) => {
        if (seconds <= bound) atMost[i] += 1;
      });
      sum += seconds;
      count += 1;
    },
    render() {
      return [
        '# TYPE http_requests_total counter',
        ...[...requests].map(([labels, value]) => `http_requests_total{${labels}} ${value}`),
        '# TYPE http_request_duration_seconds histogram',
        ...buckets.map((bound, i) => `http_request_duration_seconds_bucket{le="${bound}"} ${atMost[i]}`),
        `http_request_duration_seconds_bucket{le="+Inf"} ${count}`,
        `http_request_duration_seconds_sum ${sum}`,
        `http_request_duration_seconds_count ${count}`,
        '',
      ].join('\n');
    },
  };
}
