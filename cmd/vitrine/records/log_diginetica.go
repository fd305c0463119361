package records

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	vitrinev1 "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

// diginetica reads train-item-views.csv of the CIKM Cup 2016, track 2:
// sessionId;userId;itemId;timeframe;eventdate. The time frame is milliseconds
// since the session's first query, the date has no time of day. The session is
// the visitor: most rows have no user.
type diginetica struct{}

const digineticaHeader = "sessionid;userid;itemid;timeframe;eventdate"

func isDigineticaHeader(line string) bool {
	// A later release has session_id;user_id;item_id.
	return strings.ToLower(strings.NewReplacer("_", "", `"`, "").Replace(line)) == digineticaHeader
}

func digineticaBegins(head []byte) bool { return isDigineticaHeader(firstLine(head)) }

func (*diginetica) read(line []byte) ([]*vitrinev1.Event, string, error) {
	text := string(line)
	if isDigineticaHeader(text) {
		return nil, "", nil
	}
	f := strings.Split(text, ";")
	if len(f) != 5 {
		return nil, "", fmt.Errorf("%d fields, want 5: sessionId;userId;itemId;timeframe;eventdate", len(f))
	}
	day, err := time.Parse(time.DateOnly, f[4])
	if err != nil {
		return nil, "", fmt.Errorf("eventdate: %q is no date such as 2016-05-09", shorten(f[4]))
	}
	ms, err := strconv.ParseInt(f[3], 10, 64)
	if err != nil || ms < 0 || ms > 30*24*time.Hour.Milliseconds() {
		return nil, "", fmt.Errorf("timeframe: %q is no number of milliseconds within a session", shorten(f[3]))
	}
	e := simpleEvent(vitrinev1.EventType_EVENT_TYPE_PRODUCT_VIEWED, f[0], f[2])
	e.Time = timestampOf(day.Add(time.Duration(ms) * time.Millisecond))
	if f[1] != "NA" {
		e.Visitor.PersonId = f[1]
	}
	return []*vitrinev1.Event{e}, "", nil
}
