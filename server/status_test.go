package server_test

import (
	"testing"

	pb "github.com/vitrine-io/vitrine/proto/vitrine/v1"
)

func TestTheStatusTellsWhatIsThere(t *testing.T) {
	s := openShop(t)
	admin := pb.NewAdminServiceClient(s.conn)
	s.create("shop")
	s.create("another")
	s.sell("shop", smallRange()...)
	for range 3 {
		s.track("shop", viewed("v1", "shoe-1"))
	}
	s.settle("shop") // by a fourth event
	st, err := admin.GetStatus(t.Context(), &pb.GetStatusRequest{})
	must(t, err)
	if !st.GetWritable() || st.GetNotWritableReason() != "" || len(st.GetProblems()) > 0 || st.GetVersion() != "test" || st.GetStartTime() == nil {
		t.Errorf("status %v", st)
	}
	if st.GetDataBytes() <= 0 || st.GetFreeBytes() <= 0 || st.GetLastBackupTime() != nil {
		t.Errorf("status %v", st)
	}
	if len(st.GetSites()) != 2 || st.GetSites()[0].GetSite() != "sites/another" || st.GetSites()[0].GetStoredSequence() != 0 {
		t.Fatalf("sites %v", st.GetSites())
	}
	shop := st.GetSites()[1]
	if shop.GetProductCount() != 30 || shop.GetCampaignCount() != 0 || shop.GetStoredSequence() != 4 || shop.GetLearnedSequence() != 4 || shop.GetLearnerLag().AsDuration() != 0 {
		t.Errorf("site %v", shop)
	}
}
