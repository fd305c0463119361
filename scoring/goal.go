package scoring

// Metric is something a campaign brings about; the numbers are those of the wire
// contract.
type Metric uint8

// The metrics.
const (
	MetricImpressions Metric = iota + 1
	MetricClicks
	MetricConversions
	MetricSpend
)

// Goal is what a campaign is to bring about over its flight.
type Goal struct {
	Metric Metric `cbor:"1,keyasint"`
	Amount int64  `cbor:"2,keyasint,omitempty"` // of MetricSpend 0: all of the budget
}

// Charge says what a bid is paid for; the numbers are those of the wire contract.
type Charge uint8

// The charges.
const (
	ChargeThousandImpressions Charge = iota + 1
	ChargeClick
	ChargeConversion
)

// Metric is what is charged for.
func (c Charge) Metric() Metric { return Metric(c) }

// Bid is what an advertiser pays.
type Bid struct {
	Charge Charge `cbor:"1,keyasint"`
	Amount Money  `cbor:"2,keyasint"`
}

// Price is what one impression, click or conversion costs, in billionths of the
// currency's unit: a thousandth of a bid for a thousand impressions, rounded down.
func (b *Bid) Price() int64 {
	if b.Charge == ChargeThousandImpressions {
		return b.Amount.Nanos / 1000
	}
	return b.Amount.Nanos
}

// Counted reports whether what is handed out of the campaign is counted against a
// goal or a budget.
func (c *Campaign) Counted() bool { return c.Goal != nil || c.Budget != nil }

// Terms are what a creative of a campaign with a goal or a budget was handed out on.
// They travel with it, so that replaying the journal needs no campaign of the past.
type Terms struct {
	Goal   Metric `cbor:"1,keyasint,omitempty"` // 0: none
	Charge Charge `cbor:"2,keyasint,omitempty"` // 0: nothing is charged
	Price  int64  `cbor:"3,keyasint,omitempty"` // as Bid.Price
	Budget int64  `cbor:"4,keyasint,omitempty"` // in billionths of the unit; 0: none
	// Share is what it is expected to bring towards the goal, in millionths, and
	// Cost what it is expected to cost. Both are reserved until it has, or a window
	// is over.
	Share int64 `cbor:"5,keyasint,omitempty"`
	Cost  int64 `cbor:"6,keyasint,omitempty"`
	// Taken is the probability with which the campaign took part in the decision.
	Taken float64 `cbor:"7,keyasint,omitempty"`
	// Passed is how much of the site's usual traffic passed since a creative of the
	// campaign was handed out before, as pacing.Forecast.Between has it.
	Passed float64 `cbor:"8,keyasint,omitempty"`
}
