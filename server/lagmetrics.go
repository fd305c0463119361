package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lagCollector tells, whenever metrics are asked for, how far each site's learner is
// behind its journal.
type lagCollector struct {
	server          *Server
	seconds, events *prometheus.Desc
}

func newLagCollector(s *Server) *lagCollector {
	return &lagCollector{
		server: s,
		seconds: prometheus.NewDesc("vitrine_learner_lag_seconds",
			"How long the oldest event that was not learned from has waited.", []string{"site"}, nil),
		events: prometheus.NewDesc("vitrine_learner_lag_events",
			"Events that were not learned from; those of other sites meanwhile are counted in.", []string{"site"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *lagCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- c.seconds
	descs <- c.events
}

// Collect implements prometheus.Collector.
func (c *lagCollector) Collect(values chan<- prometheus.Metric) {
	for _, st := range c.server.sites.all() {
		learned := st.learner.reachedSeq() // first, so that it is not ahead of the head
		head, err := c.server.store.Head(context.Background(), st.id)
		if err != nil {
			continue // deleted meanwhile
		}
		now := time.Now()
		st.learner.lag.saw(head, now)
		values <- prometheus.MustNewConstMetric(c.seconds, prometheus.GaugeValue, st.learner.lag.waited(learned, now).Seconds(), string(st.id))
		values <- prometheus.MustNewConstMetric(c.events, prometheus.GaugeValue, float64(head-min(head, learned)), string(st.id))
	}
}
