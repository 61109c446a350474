package tools

// How many messages' text an answer brought: what the guard watches for mass
// reading. A search without snippets brings none.

func (d getMessageData) read() int {
	if d.Message == nil {
		return 0
	}
	return 1
}

func (d getThreadData) read() int { return len(d.Messages) }

func (d searchMessagesData) read() int {
	n := 0
	for _, m := range d.Messages {
		if m.Snippet != nil {
			n++
		}
	}
	return n
}

// A message that is read in pieces counts once, with its first one.
func (d getMessageRawData) read() int { return first(d.OffsetBytes) }

func (d getAttachmentData) read() int { return first(d.Offset) }

func first(offset int64) int {
	if offset > 0 {
		return 0
	}
	return 1
}
