package demo

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// How a page is shown: the reasons given for each product, the lines that the
// first may take, and the share below which a further one is left out.
const (
	reasonsShown    = 2
	firstReasonRows = 2
	leastShare      = 0.10
)

// Title opens the story: what this is, and where it runs.
func (p *Printer) Title(address, data string) {
	p.print(nil, line{{" VITRINE", accent}, {"  a personalization decision API: what to show this visitor, and why", bold}})
	p.print(text(" ").then(seg{strings.Repeat("─", p.width-1), dim}))
	p.hang(text(" "), dim, "A server runs in this process on "+address+", its data in "+data+".", nil)
	p.hang(text(" "), dim, "Everything below went through its gRPC API. Shop, brands and visitors are made up.", nil)
	p.print(nil)
}

// Opened tells of the shop.
func (p *Printer) Opened(o *Opened) {
	s := o.Shop
	p.done("The shop", fmt.Sprintf("%s: %s products in %d categories by %d brands", s.Name, count(o.Stored), s.Categories, s.Brands), o.Took)
	p.more(fmt.Sprintf("%d at a reduced price, %d new, %d not out yet, %d out of stock", s.Reduced, s.New, s.Coming, s.OutOfStock))
}

// Past tells of what was before today.
func (p *Printer) Past(l *Lived) {
	p.done("Its past", fmt.Sprintf("%s events of %d visitors on %s visits over %d days", count(l.Events), l.Visitors, count(int64(l.Sessions)), l.Days), l.Took)
	p.more(fmt.Sprintf("%d orders, %d of them sent back in part; %d carts left behind", l.Orders, l.Refunds, l.Abandoned))
	p.more(fmt.Sprintf("%s stored and learned from; %s came without consent, and nothing was kept of them", count(l.Stored), count(l.NoConsent)))
}

// Today tells of the visitors who were shown personal pages.
func (p *Printer) Today(t *Today) {
	p.done("Today", fmt.Sprintf("%d visitors were shown %d pages, clicked %d of the products shown and ordered %d", t.Visitors, t.Decisions, t.Clicks, t.Orders), t.Took)
	p.more(fmt.Sprintf("%d events, each durable before it was acknowledged", t.Events))
}

func (p *Printer) done(what, result string, took time.Duration) {
	p.hang(line{{" ✓ ", green}, {fmt.Sprintf("%-10s", what), bold}}, plain, result, in(dim, seconds(took)))
}

func (p *Printer) more(result string) {
	p.hang(text(strings.Repeat(" ", 13)), dim, result, nil)
}

// Visit tells of one visitor: the visit, and the page before and after.
func (p *Printer) Visit(number int, v *Visit) {
	p.heading(fmt.Sprintf("%d  %s", number, strings.ToUpper(v.Taste)), "visitor "+v.Visitor)
	p.moments(v.Moments)
	p.print(nil)
	p.beside(
		p.page("HOME PAGE BEFORE", "never seen", v.Before),
		p.page("HOME PAGE AFTER", fmt.Sprintf("%d events later", len(v.Moments)), v.After),
	)
	p.print(nil, line{
		{"   Suits " + v.Taste + ": ", plain},
		{fmt.Sprintf("%d of %d", v.SuitedBefore, len(v.Before.Items)), yellow},
		{" products before, ", plain},
		{fmt.Sprintf("%d of %d", v.SuitedAfter, len(v.After.Items)), green},
		{" after.", plain},
	})
}

// moments prints a visit, one line an event.
func (p *Printer) moments(moments []Moment) {
	for _, m := range moments {
		at := fmt.Sprintf("   %d:%02d  %-18s ", int(m.After.Minutes()), int(m.After.Seconds())%60, m.Did)
		mark := line{{strings.ToLower(strings.ReplaceAll(m.Status, "_", " ")), green}}
		if m.Status != "STORED" {
			mark[0].ink = yellow
		}
		p.print(ends(line{{at, dim}, {m.What, plain}}, mark, p.width))
	}
}

// page lays a page out as cells: a heading, then a cell a product.
func (p *Printer) page(title, aside string, page Page) [][]line {
	width := p.column()
	mode := strings.ToLower(page.Mode) + " mode"
	head := ends(line{{title, bold}, {"  " + aside, dim}}, in(dim, mode), width)
	cells := [][]line{{head, nil}}
	for i, it := range page.Items {
		cells = append(cells, append(product(i+1, it, width), reasons(it.Reasons, width)...))
	}
	if page.NoFill != "" {
		cells = append(cells, []line{in(yellow, "    no more: "+strings.ToLower(strings.ReplaceAll(page.NoFill, "_", " ")))})
	}
	return cells
}

// product lays out which product it is: its place, title and price.
func product(place int, it Item, width int) []line {
	price := text(it.Price)
	var lines []line
	for i, row := range wrap(it.Title, width-5-price.width(), 2) {
		if i == 0 {
			lines = append(lines, ends(line{{fmt.Sprintf("%2d  ", place), dim}, {row, bold}}, price, width))
			continue
		}
		lines = append(lines, text("    ").then(seg{row, bold}))
	}
	return lines
}

// reasons lays out why a product is shown, the largest share first.
func reasons(all []Reason, width int) []line {
	var lines []line
	for i, r := range all {
		if i == reasonsShown || i > 0 && r.Share < leastShare {
			break
		}
		rows := 1
		if i == 0 {
			rows = firstReasonRows
		}
		for j, row := range wrap(r.Text, width-10, rows) {
			share := "     "
			if j == 0 {
				share = fmt.Sprintf("%3d%% ", int(math.Round(100*r.Share)))
			}
			lines = append(lines, line{{"    " + share, green}, {row, dim}})
		}
	}
	return lines
}

// Cart tells what the cart and an order did.
func (p *Printer) Cart(number int, c *Cart) {
	p.heading(fmt.Sprintf("%d  WHAT IS IN THE CART, AND WHAT IS BOUGHT", number), "visitors "+c.Visitor+" and "+cityCyclist)
	p.fact("In the cart of "+c.Taste, c.InCart)
	p.fact("so left out of their home page", c.LeftOut)
	p.fact("Ordered by "+c.Buyer, c.Bought)
	p.fact("so left out of theirs", c.BoughtAside)
	p.print(nil)
	p.hang(text("   "), plain, "The shop's e-mail about carts left behind is one page of two placements. The rules of the first let through what is in the cart; nothing stands on the page twice:", nil)
	p.print(nil)
	p.beside(
		p.page("LEFT IN YOUR CART", "placement "+placementReminder, c.Reminder),
		p.page("YOU MAY ALSO LIKE", "placement "+placementProduct, c.Besides),
	)
}

func (p *Printer) fact(label string, values []string) {
	value := "none"
	if len(values) > 0 {
		value = strings.Join(values, " · ")
	}
	p.print(line{{fmt.Sprintf("   %-38s ", label), dim}, {value, plain}}.fit(p.width))
}

// Refusal tells of the visitor without consent.
func (p *Printer) Refusal(number int, r *Refusal) {
	p.heading(fmt.Sprintf("%d  THE SAME VISIT, WITHOUT CONSENT", number), "visitor "+r.Visitor)
	p.moments(r.Moments)
	p.print(nil)
	p.beside(
		p.page("WITHOUT CONSENT", "after the visit", r.Page),
		p.page("THE VISIT HANDED IN WITH THE REQUEST", "", r.Session),
	)
	p.print(nil)
	if r.Same {
		p.hang(line{{"   ✓ ", green}}, plain, "The page on the left is that of a visitor never seen: the same products for the same reasons.", nil)
	} else {
		p.hang(line{{"   ! ", yellow}}, plain, "The page on the left differs from that of a visitor never seen.", nil)
	}
	p.hang(line{{"   ✓ ", green}}, plain, "The page on the right was made from the request alone; GetVisitor answers "+r.Stored+": nothing was stored.", nil)
}

// Figures closes the story.
func (p *Printer) Figures(f *Figures) {
	p.heading("FIGURES", "as this process measured them, as the client")
	p.hang(line{{fmt.Sprintf("   %9s ", count(f.Events)), bold}}, plain,
		"events acknowledged; the import took "+count(int64(f.EventsPerSecond))+" a second, each durable and learned from", nil)
	p.hang(line{{fmt.Sprintf("   %9s ", count(int64(f.Decisions))), bold}}, plain,
		"decisions, one at a time: p50 "+latency(f.DecideP50)+", p99 "+latency(f.DecideP99), nil)
}

// Command is something to type next. A long one stands on several lines.
type Command struct {
	What  string // empty: belongs to the one before
	Lines []string
}

// Next lists what to try.
func (p *Printer) Next(commands []Command) {
	p.heading("TRY IT", "in another terminal; Ctrl-C ends the server")
	for i, c := range commands {
		if c.What != "" {
			if i > 0 {
				p.print(nil)
			}
			p.hang(text("   "), dim, "# "+c.What, nil)
		}
		for j, l := range c.Lines {
			if j < len(c.Lines)-1 {
				l += ` \`
			}
			if j > 0 {
				l = "  " + l
			}
			p.print(in(bold, "   "+l))
		}
	}
	p.print(nil)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func latency(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%d µs", d.Microseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// count writes a number with its thousands apart.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
