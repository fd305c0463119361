package edge

import (
	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics count calls. Labels name services, methods, codes and API keys, nothing
// that a caller makes up.
type metrics struct {
	rpc     *grpcprom.ServerMetrics
	panics  prometheus.Counter
	unknown prometheus.Counter
	open    prometheus.Gauge       // connections
	closed  prometheus.Counter     // connections, at once
	byKey   *prometheus.CounterVec // key, method
	refused *prometheus.CounterVec // key, reason
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		rpc: grpcprom.NewServerMetrics(grpcprom.WithServerHandlingTimeHistogram(
			// Decisions take some 100 us, durable events some ms.
			grpcprom.WithHistogramBuckets([]float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1}),
		)),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vitrine_panics_total", Help: "Calls whose handler panicked; the log has the stacks.",
		}),
		unknown: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vitrine_unknown_methods_total", Help: "Calls of methods that are not there: clients of another version.",
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vitrine_connections", Help: "Open connections to the API.",
		}),
		closed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vitrine_connections_refused_total", Help: "Connections closed at once, because there were limits.max_connections.",
		}),
		byKey: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_key_calls_total", Help: "Calls, and messages of streams, by the API key that let them in.",
		}, []string{"key", "method"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_refused_calls_total", Help: "Calls that were not let in, by why; without the key where none was shown that is in force.",
		}, []string{"key", "reason"}),
	}
	r.MustRegister(m.rpc, m.panics, m.unknown, m.open, m.closed, m.byKey, m.refused,
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}
