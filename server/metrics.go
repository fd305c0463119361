package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/vitrine-io/vitrine/scoring"
)

// metrics count what the services do. Labels name sites and outcomes, never a
// visitor, a product or a query.
type metrics struct {
	events     *prometheus.CounterVec // site, status
	decisions  *prometheus.CounterVec // site, mode
	unrecorded *prometheus.CounterVec // site
	learned    *prometheus.GaugeVec   // site
	appended   *prometheus.GaugeVec   // site
	unlearned  *prometheus.CounterVec // site
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_events_total", Help: "Events received, by what became of them.",
		}, []string{"site", "status"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_decisions_total", Help: "Pages decided, by how much of the visitor was known.",
		}, []string{"site", "mode"}),
		unrecorded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_decisions_unrecorded_total", Help: "Decisions answered but not kept, because the disk did not keep up.",
		}, []string{"site"}),
		learned: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "vitrine_learned_sequence", Help: "Sequence number of the last event learned from.",
		}, []string{"site"}),
		appended: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "vitrine_stored_sequence", Help: "Sequence number of the last event stored. Ahead of vitrine_learned_sequence by what is still to be learned.",
		}, []string{"site"}),
		unlearned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_events_unlearned_total", Help: "Events that could not be learned from; the log says why.",
		}, []string{"site"}),
	}
	r.MustRegister(m.events, m.decisions, m.unrecorded, m.learned, m.appended, m.unlearned)
	return m
}

// forget drops what was counted of a site that is gone.
func (m *metrics) forget(site scoring.SiteID) {
	labels := prometheus.Labels{"site": string(site)}
	m.events.DeletePartialMatch(labels)
	m.decisions.DeletePartialMatch(labels)
	m.unrecorded.DeletePartialMatch(labels)
	m.learned.DeletePartialMatch(labels)
	m.appended.DeletePartialMatch(labels)
	m.unlearned.DeletePartialMatch(labels)
}
