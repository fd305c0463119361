package server

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
	"github.com/vitrine-io/vitrine/scoring/campaign"
	"github.com/vitrine-io/vitrine/store"
)

// metrics count what the services do. Labels name sites and outcomes, never a
// visitor, a product or a query.
type metrics struct {
	events     *prometheus.CounterVec // site, status
	decisions  *prometheus.CounterVec // site, mode
	unrecorded *prometheus.CounterVec // site
	learned    *prometheus.GaugeVec   // site
	stored     *prometheus.GaugeVec   // site
	unlearned  *prometheus.CounterVec // site
	hits       *prometheus.CounterVec // site, kind, outcome
	refused    *prometheus.CounterVec // site, placement, reason
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{"site"}, labels...))
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"site"})
	}
	m := &metrics{
		events:     counter("vitrine_events_total", "Events received, by what became of them.", "status"),
		decisions:  counter("vitrine_decisions_total", "Pages decided, by how much of the visitor was known.", "mode"),
		unrecorded: counter("vitrine_decisions_unrecorded_total", "Decisions answered but not kept, because the disk did not keep up."),
		unlearned:  counter("vitrine_events_unlearned_total", "Events that could not be learned from; the log says why."),
		learned:    gauge("vitrine_learned_sequence", "Sequence number of the last event learned from."),
		hits:       counter("vitrine_beacons_total", "Impressions and clicks told over HTTP, by what became of them.", "kind", "outcome"),
		refused:    counter("vitrine_creatives_refused_total", "Creatives of a placement's formats, sizes and country that could not be shown in a decision, by why.", "placement", "reason"),
		stored:     gauge("vitrine_stored_sequence", "Sequence number of the last event stored: ahead of vitrine_learned_sequence by what is still to be learned."),
	}
	r.MustRegister(m.events, m.decisions, m.unrecorded, m.unlearned, m.learned, m.stored, m.hits, m.refused)
	return m
}

// watchStore tells how the store is, whenever it is asked.
func watchStore(r prometheus.Registerer, health func() store.Health) {
	r.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "vitrine_store_writable", Help: "1 while events and changes are taken, 0 while the disk is full or fails.",
		}, func() float64 {
			if health().NotWritable != "" {
				return 0
			}
			return 1
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "vitrine_store_problems", Help: "What an operator should know of the data, such as records that can't be read: vitrine status lists it.",
		}, func() float64 { return float64(len(health().Problems)) }),
	)
}

// watchBackups tells of when the last backup is, whenever it is asked.
func watchBackups(r prometheus.Registerer, last func() *time.Time) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "vitrine_last_backup_timestamp_seconds",
		Help: "As of when the last backup is that was read to its end, in Unix time; 0: there was none since the start.",
	}, func() float64 {
		if at := last(); at != nil {
			return float64(at.Unix())
		}
		return 0
	}))
}

// siteMetrics are the metrics of one site, found once and not at each call.
type siteMetrics struct {
	events     map[pb.EventStatus]prometheus.Counter
	decisions  map[scoring.Mode]prometheus.Counter
	unrecorded prometheus.Counter
	unlearned  prometheus.Counter
	learned    prometheus.Gauge
	stored     prometheus.Gauge
	refused    *prometheus.CounterVec // placement, reason
}

func (m *metrics) of(id scoring.SiteID) *siteMetrics {
	site := string(id)
	of := &siteMetrics{
		events:     map[pb.EventStatus]prometheus.Counter{},
		decisions:  map[scoring.Mode]prometheus.Counter{},
		unrecorded: m.unrecorded.WithLabelValues(site),
		unlearned:  m.unlearned.WithLabelValues(site),
		learned:    m.learned.WithLabelValues(site),
		stored:     m.stored.WithLabelValues(site),
		refused:    m.refused.MustCurryWith(prometheus.Labels{"site": site}),
	}
	for number, name := range pb.EventStatus_name {
		if number != 0 {
			of.events[pb.EventStatus(number)] = m.events.WithLabelValues(site, plain(name, "EVENT_STATUS_"))
		}
	}
	for number, name := range pb.DecisionMode_name {
		if number != 0 {
			of.decisions[scoring.Mode(number)] = m.decisions.WithLabelValues(site, plain(name, "DECISION_MODE_"))
		}
	}
	return of
}

// hit counts what became of a request to a beacon: of a "view" or a "click"; st is nil
// if it names no site of ours.
func (m *metrics) hit(st *site, kind string, what hit) {
	name := ""
	if st != nil {
		name = string(st.id)
	}
	m.hits.WithLabelValues(name, kind, string(what)).Inc()
}

// refusals count why creatives could not be shown in a placement.
type refusals struct{ byReason *prometheus.CounterVec }

func (m *siteMetrics) refusalsOf(id scoring.PlacementID) refusals {
	return refusals{m.refused.MustCurryWith(prometheus.Labels{"placement": string(id)})}
}

func (r refusals) add(t *campaign.Tally) {
	for why, n := range t {
		if n > 0 {
			name := pb.Rejection(why).String()
			r.byReason.WithLabelValues(plain(name, "REJECTION_")).Add(float64(n))
		}
	}
}

// plain is an enum value as a label: EVENT_STATUS_STORED is "stored".
func plain(name, prefix string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }

// forget drops what was counted of a site that is gone.
func (m *metrics) forget(site scoring.SiteID) {
	labels := prometheus.Labels{"site": string(site)}
	for _, v := range []interface{ DeletePartialMatch(prometheus.Labels) int }{
		m.events, m.decisions, m.unrecorded, m.unlearned, m.learned, m.stored, m.hits, m.refused,
	} {
		v.DeletePartialMatch(labels)
	}
}
