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
		enum   protoreflect.Enum // the last value of the domain's, as the contract's
		number int
	}{
		{pb.EventType_EVENT_TYPE_CUSTOM, int(scoring.Custom)},
		{pb.PageType_PAGE_TYPE_OTHER, int(scoring.PageOther)},
		{pb.Channel_CHANNEL_CALL_CENTER, int(scoring.ChannelCallCenter)},
		{pb.DeviceType_DEVICE_TYPE_TV, int(scoring.DeviceTV)},
		{pb.FacetKind_FACET_KIND_ATTRIBUTE, int(scoring.FacetAttribute)},
		{pb.DecisionMode_DECISION_MODE_CONTEXTUAL, int(scoring.ModeContextual)},
		{pb.DataClass_DATA_CLASS_SITE_BEHAVIOUR, int(scoring.DataSiteBehaviour)},
		{pb.ReasonKind_REASON_KIND_LIKED_HERE, int(scoring.ReasonLikedHere)},
		{pb.Rejection_REJECTION_UNWRITABLE, int(scoring.RejectedUnwritable)},
		{pb.CapScope_CAP_SCOPE_ADVERTISER, int(scoring.CapAdvertiser)},
		{pb.GoalMetric_GOAL_METRIC_SPEND, int(scoring.MetricSpend)},
		{pb.Charge_CHARGE_CONVERSION, int(scoring.ChargeConversion)},
		{pb.ProductSource_PRODUCT_SOURCE_VIEWED, int(scoring.RetargetViewed)},
		{pb.NoFillReason_NO_FILL_REASON_UNWRITABLE, int(scoring.NoFillUnwritable)},
	} {
		name := c.enum.Descriptor().FullName()
		if int(c.enum.Number()) != c.number {
			t.Errorf("%s: the contract's %d is %d in the domain", name, c.enum.Number(), c.number)
		}
		if values := c.enum.Descriptor().Values().Len() - 1; values != c.number {
			t.Errorf("%s: %d values in the contract, %d in the domain", name, values, c.number)
		}
	}
}
