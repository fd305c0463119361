package boltstore

// hashSet is a set of hashes: an open table with linear probing, from 11 to 21 bytes a
// hash. The map it stands in for took 29.
type hashSet struct {
	slots []uint64 // 0 is free; a power of two of them
	n     int
	zero  bool // the hash 0 is in it
}

// add puts a hash in; it is false for one that is there.
func (s *hashSet) add(hash uint64) bool {
	if hash == 0 {
		was := s.zero
		s.zero = true
		return !was
	}
	if (s.n+1)*4 > len(s.slots)*3 {
		s.grow()
	}
	i := s.find(hash)
	if s.slots[i] == hash {
		return false
	}
	s.slots[i] = hash
	s.n++
	return true
}

// find is where a hash stands, or would.
func (s *hashSet) find(hash uint64) int {
	mask := len(s.slots) - 1
	i := int(hash) & mask
	for s.slots[i] != 0 && s.slots[i] != hash {
		i = (i + 1) & mask
	}
	return i
}

func (s *hashSet) grow() {
	old := s.slots
	s.slots = make([]uint64, max(1024, 2*len(old)))
	for _, hash := range old {
		if hash != 0 {
			s.slots[s.find(hash)] = hash
		}
	}
}

// remove takes a hash out, if it is there, and closes the gap.
func (s *hashSet) remove(hash uint64) {
	if hash == 0 {
		s.zero = false
		return
	}
	if s.n == 0 {
		return
	}
	mask := len(s.slots) - 1
	gap := s.find(hash)
	if s.slots[gap] == 0 {
		return
	}
	s.n--
	for i := (gap + 1) & mask; s.slots[i] != 0; i = (i + 1) & mask {
		if home := int(s.slots[i]) & mask; (i-home)&mask >= (i-gap)&mask {
			s.slots[gap], gap = s.slots[i], i
		}
	}
	s.slots[gap] = 0
}

// has reports whether a hash is in the set.
func (s *hashSet) has(hash uint64) bool {
	if hash == 0 || s.n == 0 {
		return hash == 0 && s.zero
	}
	return s.slots[s.find(hash)] == hash
}

// size is how many hashes there are.
func (s *hashSet) size() int {
	if s.zero {
		return s.n + 1
	}
	return s.n
}
