extension CallLeg {
    /// What may be kept of a leg of a private call: that it happened and when, but not with whom.
    public var withoutNumbers: CallLeg {
        var leg = self
        leg.from = nil
        leg.to = nil
        leg.recordingIDs = []
        leg.transcriptIDs = []
        return leg
    }
}

extension CallFacts {
    /// What may be kept of a private call.
    public var withoutNumbers: CallFacts {
        var facts = self
        facts.own = .withheld
        facts.other = .withheld
        facts.recordingIDs = []
        facts.transcriptIDs = []
        return facts
    }
}
