package server_test

import (
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
	"github.com/vitrine-io/vitrine/scoring"
)

// Enumerations of the domain have the numbers of the contract, and as many: they
// are converted by number, and the journal keeps them for ever.
func TestDomainEnumsHaveTheContractsNumbers(t *testing.T) {
	for _, c := range []struct {
		enum    protoreflect.Enum // the last value of the domain's, as the contract's
		number  int
		unknown int // values of the contract that the domain does not know yet
	}{
		{pb.EventType_EVENT_TYPE_CUSTOM, int(scoring.Custom), 0},
		{pb.PageType_PAGE_TYPE_OTHER, int(scoring.PageOther), 0},
		{pb.Channel_CHANNEL_CALL_CENTER, int(scoring.ChannelCallCenter), 0},
		{pb.DeviceType_DEVICE_TYPE_TV, int(scoring.DeviceTV), 0},
		{pb.FacetKind_FACET_KIND_ATTRIBUTE, int(scoring.FacetAttribute), 0},
		{pb.DecisionMode_DECISION_MODE_CONTEXTUAL, int(scoring.ModeContextual), 0},
		{pb.DataClass_DATA_CLASS_SITE_BEHAVIOUR, int(scoring.DataSiteBehaviour), 0},
		{pb.ReasonKind_REASON_KIND_LIKED_HERE, int(scoring.ReasonLikedHere), 0},
		{pb.Rejection_REJECTION_STRATEGY, int(scoring.RejectedStrategy), 0},
		{pb.NoFillReason_NO_FILL_REASON_SHOWN_ELSEWHERE, int(scoring.NoFillShownElsewhere), 3}, // of creatives
	} {
		name := c.enum.Descriptor().FullName()
		if int(c.enum.Number()) != c.number {
			t.Errorf("%s: the contract's %d is %d in the domain", name, c.enum.Number(), c.number)
		}
		if values := c.enum.Descriptor().Values().Len() - 1 - c.unknown; values != c.number {
			t.Errorf("%s: %d values in the contract, %d in the domain", name, values, c.number)
		}
	}
}
