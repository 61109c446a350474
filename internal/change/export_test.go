package change

import "context"

// SetPause has tests say when a server is done with a change that was lost.
func (s *Service) SetPause(pause func(context.Context) bool) { s.pause = pause }
