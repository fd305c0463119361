package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

const (
	// patience is how long a command may take, unless its step says less: far longer than
	// any does, on a machine that is busy with other things.
	patience = 2 * time.Minute
	// unhurried is the decideTimeout of scenarios that are not about it.
	unhurried = 10_000
	// breath is between two tries of what is repeated until it holds.
	breath = 20 * time.Millisecond
)

// player plays one scenario with one client.
type player struct {
	*scenario
	suite  *suite
	client client
	site   string

	server *server
	proxy  *proxy
	driver *driver
}

// play returns why the client failed; nil if it did not.
func (s *suite) play(ctx context.Context, name string, sc *scenario) (err error) {
	p := &player{scenario: sc, suite: s, client: s.clients[name], site: sc.Name}
	stop, err := p.open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for i := range p.Steps {
		if err := p.step(ctx, &p.Steps[i]); err != nil {
			return fmt.Errorf("step %d, %s: %w", i+1, p.Steps[i].name(), err)
		}
	}
	if err := p.driver.end(patience); err != nil {
		return err
	}
	return p.judge(ctx)
}

// open starts server, proxy and driver; stop ends them.
func (p *player) open(ctx context.Context, name string) (stop func() error, err error) {
	var stops []func() error
	stop = func() (err error) {
		for _, s := range slices.Backward(stops) {
			err = errors.Join(err, s())
		}
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stop())
		}
	}()
	p.server = p.suite.server
	if slices.ContainsFunc(p.Steps, func(st step) bool { return st.Server != "" }) {
		// One of its own, which it may kill.
		dir := filepath.Join(p.suite.temp, name+"-"+p.Name)
		if p.server, err = newServer(ctx, p.suite.binary, dir, p.client.Door); err != nil {
			return stop, err
		}
		if err := p.server.start(ctx); err != nil {
			return stop, err
		}
		stops = append(stops, func() error { p.server.kill(); return nil })
	} else {
		p.site = name + "-" + p.Name
	}
	if err := p.server.openShop(ctx, p.site, 12); err != nil {
		return stop, err
	}
	if p.proxy, err = openProxy(ctx, newScript(p.Faults), p.server, p.client.Door); err != nil {
		return stop, err
	}
	if p.TLS {
		p.proxy.serve(p.suite.tls.server())
	} else {
		p.proxy.serve(nil)
	}
	stops = append(stops, func() error { p.proxy.close(); return nil })
	if p.driver, err = startDriver(ctx, p.suite.root, p.suite.fill(p.client.Run)); err != nil {
		return stop, fmt.Errorf("start the driver: %w", err)
	}
	stops = append(stops, func() error { p.driver.kill(); return nil })
	return stop, nil
}

func (st *step) name() string {
	switch {
	case st.Do != "":
		return st.Do
	case st.Proxy != "":
		return "proxy " + st.Proxy
	case st.Server != "":
		return "server " + st.Server
	case st.Await != nil:
		return "await"
	}
	return "check"
}

func (p *player) step(ctx context.Context, st *step) error {
	script := p.proxy.script
	switch {
	case st.Do != "":
		return p.do(st)
	case st.Await != nil:
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		for method, times := range st.Await {
			if err := script.await(ctx, method, times); err != nil {
				return err
			}
		}
	case st.Release:
		script.release()
	case st.Faults != nil:
		script.set(*st.Faults)
	case st.Count == "anew":
		script.countAnew()
	case st.Attempts != nil:
		if why := wrongAttempts(st.Attempts, script.came()); why != "" {
			return errors.New(why)
		}
	case st.Proxy != "":
		return p.stepProxy(ctx, st.Proxy)
	case st.Server == "kill":
		p.proxy.refuse()
		p.server.kill()
	case st.Server == "start":
		if err := p.server.start(ctx); err != nil {
			return err
		}
		if err := p.proxy.back.turnTo(p.server); err != nil {
			return err
		}
		return p.proxy.accept(ctx)
	default:
		return fmt.Errorf("unknown: %+v", *st)
	}
	return nil
}

func (p *player) stepProxy(ctx context.Context, what string) error {
	switch what {
	case "refuse":
		p.proxy.refuse()
	case "accept":
		return p.proxy.accept(ctx)
	case "cut":
		p.proxy.each((*conn).reset)
	case "half-close":
		p.proxy.each((*conn).halfClose)
	case "go-away":
		p.proxy.goAway()
	case "mute":
		p.proxy.setMute(true)
	case "unmute":
		p.proxy.setMute(false)
	default:
		return fmt.Errorf("the proxy can't %s", what)
	}
	return nil
}

// do has the driver carry out a step, as often as it says.
func (p *player) do(st *step) error {
	command, err := p.command(st)
	if err != nil {
		return err
	}
	limit := patience
	if st.WithinMS > 0 {
		limit = time.Duration(st.WithinMS) * time.Millisecond
	}
	failed := map[string]any{}
	for range max(1, st.Times) {
		reply, err := p.driver.do(command, limit)
		for begun := time.Now(); err == nil && st.Until != nil && mismatch("", st.Until, reply) != ""; {
			if time.Since(begun) > limit {
				return fmt.Errorf("not within %v: %s", limit, mismatch("", st.Until, reply))
			}
			<-time.After(breath)
			reply, err = p.driver.do(command, limit)
		}
		if err != nil {
			return err
		}
		if why := mismatch("", st.Expect, reply); why != "" {
			return fmt.Errorf("%s (the reply: %s)", why, brief(reply))
		}
		if name, ok := reply["error"].(string); ok {
			n, _ := failed[name].(int)
			failed[name] = n + 1
		}
		if st.Do == "stats" {
			if why := unaccounted(reply); why != "" {
				return errors.New(why)
			}
		}
	}
	if why := mismatch("errors", st.Errors, failed); st.Errors != nil && why != "" {
		return errors.New(why)
	}
	return nil
}

// unaccounted checks that every event tracked is counted once.
func unaccounted(stats map[string]any) string {
	sum := 0.0
	for _, name := range []string{"queued", "stored", "duplicates", "no_consent"} {
		n, ok := number(stats[name])
		if !ok {
			return fmt.Sprintf("stats.%s is %v: want a number", name, stats[name])
		}
		sum += n
	}
	dropped, _ := stats["dropped"].(map[string]any)
	for _, v := range dropped {
		n, _ := number(v)
		sum += n
	}
	if tracked, ok := number(stats["tracked"]); !ok || tracked != sum {
		return fmt.Sprintf("of %v events tracked %v are accounted for: %v", stats["tracked"], sum, stats)
	}
	return ""
}

// command is what the driver is sent.
func (p *player) command(st *step) (map[string]any, error) {
	c := maps.Clone(st.Command)
	if c == nil {
		c = map[string]any{}
	}
	c["do"] = st.Do
	if v, ok := c["visitor"]; ok {
		c["visitor"] = visitorNamed(v)
	}
	for name, value := range map[string]any{
		"target": p.proxy.address, "site": p.site, "api_key": p.suite.key, "decide_timeout_ms": unhurried,
		"insecure": !p.TLS,
	} {
		if _, told := c[name]; !told && st.Do == "new" {
			c[name] = value
		}
	}
	if c["ca_file"] == "own" {
		c["ca_file"] = p.suite.tls.file
	}
	if p.server != p.suite.server && st.Do == "new" {
		key, err := p.server.newKey(context.Background(), "shop", vitrinev1.Role_ROLE_DECIDE, vitrinev1.Role_ROLE_TRACK)
		if err != nil {
			return nil, err
		}
		c["api_key"] = key
	}
	if e, ok := c["event"]; ok {
		c["event"] = spellOut(e)
	}
	if list, ok := c["events"].([]any); ok {
		spelled := make([]any, len(list))
		for i, e := range list {
			spelled[i] = spellOut(e)
		}
		c["events"] = spelled
	}
	return c, nil
}

// visitorNamed spells out a visitor that is given by name alone: one who allows
// everything, but for "nobody", who refuses everything.
func visitorNamed(v any) any {
	name, ok := v.(string)
	if !ok {
		return v
	}
	granted := []any{"PERSONALIZATION", "MEASUREMENT"}
	if name == "nobody" {
		granted = []any{}
	}
	return map[string]any{"device_id": name, "granted": granted}
}

// spellOut makes an event of an id, or of the fields that matter: else it is a view of p1 by
// ada.
func spellOut(e any) any {
	told, ok := e.(map[string]any)
	if !ok {
		told = map[string]any{"id": e}
	}
	who := "ada"
	full := map[string]any{"type": "EVENT_TYPE_PRODUCT_VIEWED", "items": []any{map[string]any{"productId": "p1"}}}
	for field, value := range told {
		switch name, _ := value.(string); field {
		case "by":
			who = name
		case "bytes": // a field that makes the event as large as this
			n, _ := value.(int)
			full["searchQuery"] = strings.Repeat("x", n)
		default:
			full[field] = value
		}
	}
	full["visitor"] = map[string]any{"deviceId": who}
	purposes := []any{}
	for _, purpose := range []string{"PERSONALIZATION", "ADVERTISING", "MEASUREMENT", "DIRECT_CONTACT"} {
		granted := who != "nobody" && (purpose == "PERSONALIZATION" || purpose == "MEASUREMENT")
		purposes = append(purposes, map[string]any{"purpose": "PURPOSE_" + purpose, "granted": granted})
	}
	full["consent"] = map[string]any{"purposes": purposes}
	return full
}

// judge looks at what has come and what is kept of it.
func (p *player) judge(ctx context.Context) error {
	c := p.proxy.script.came()
	if len(c.broken) > 0 {
		return errors.New(strings.Join(c.broken, "; "))
	}
	if p.Attempts != nil {
		if why := wrongAttempts(p.Attempts, c); why != "" {
			return errors.New(why)
		}
	}
	if p.Batches != nil && !slices.Equal(p.Batches, c.batches) {
		return fmt.Errorf("batches of %v events: want %v", c.batches, p.Batches)
	}
	for _, device := range slices.Sorted(maps.Keys(p.Stored)) {
		k, err := p.server.keptOf(ctx, p.site, device)
		if err != nil {
			return err
		}
		var got []string
		for _, e := range k.events {
			got = append(got, e.ID)
			if token := e.AttributionToken; token != "" && !strings.Contains(k.decisions, token) {
				return fmt.Errorf("the token of event %s is of no decision that %s was shown", e.ID, device)
			}
		}
		if why := wrongIDs("stored."+device, p.Stored[device], got); why != "" {
			return errors.New(why)
		}
	}
	return nil
}
