package demo

import "context"

// Setting is where the story plays, and with how many visitors.
type Setting struct {
	Address string // of the server
	Data    string // where it keeps its data, for people to read
	Past    int    // visitors with a past in the shop
	Today   int    // visitors who come now
}

// Play plays the whole story, printing each part as it is done. It returns
// ErrShopExists if the server has the shop already.
func (d *Demo) Play(ctx context.Context, p *Printer, at Setting) (*Story, error) {
	s := &Story{}
	var err error
	if s.Opened, err = d.Open(ctx); err != nil {
		return nil, err
	}
	p.Title(at.Address, at.Data)
	p.Opened(s.Opened)
	if s.Past, err = d.LivePast(ctx, at.Past); err != nil {
		return nil, err
	}
	p.Past(s.Past)
	if s.Today, err = d.LiveToday(ctx, at.Today); err != nil {
		return nil, err
	}
	p.Today(s.Today)
	chapter := 0
	next := func() int { chapter++; return chapter }
	if s.Visits, err = d.Visits(ctx); err != nil {
		return nil, err
	}
	for _, v := range s.Visits {
		p.Visit(next(), v)
	}
	if s.Cart, err = d.Cart(ctx); err != nil {
		return nil, err
	}
	p.Cart(next(), s.Cart)
	if s.Refusal, err = d.Refusal(ctx); err != nil {
		return nil, err
	}
	p.Refusal(next(), s.Refusal)
	if s.Banners, err = d.Banners(ctx); err != nil {
		return nil, err
	}
	p.Banners(next(), s.Banners)
	s.Figures = d.Figures(s.Past)
	p.Figures(s.Figures)
	return s, p.Err
}
