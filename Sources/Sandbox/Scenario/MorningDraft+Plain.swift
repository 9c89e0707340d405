import Foundation

/// Calls with one leg.
extension MorningDraft {
    /// What one leg's event is made of.
    struct Leg {
        var id: UUID?
        var agent: ScenarioPeople.Agent?
        /// The organisation's own side.
        var own: String?
        var other: String?
        var inbound: Bool
        var talk: Int
        var ringing = 5
        var answered = true
        var privacy = "Work"
        var callType = "DirectCall"
        var queue: UUID?
        var recordings: [UUID] = []
    }

    /// Seconds from a call's end to Enreach's record of it.
    static let recordDelay = 1.0

    /// The event of a leg that Enreach recorded at that planned second.
    func event(_ leg: Leg, endedAt second: Double) -> CallEventRecord {
        let modified = schedule.instant(second)
        let end = modified - Self.recordDelay
        return event(leg, start: end - Double(max(leg.talk, 0) + leg.ringing), modified: modified)
    }

    func event(_ leg: Leg, start: Date?, modified: Date) -> CallEventRecord {
        CallEventRecord(
            callID: leg.id, aNumber: leg.inbound ? leg.other : leg.own, bNumber: leg.inbound ? leg.own : leg.other, start: start,
            inbound: leg.inbound, answered: leg.answered, duration: leg.talk, ringing: leg.ringing, callType: leg.callType,
            userID: leg.agent?.enreachID, userName: leg.agent?.userName, recordingIDs: leg.recordings, answerQueueID: leg.queue,
            privacy: leg.privacy, modified: modified)
    }

    /// Plans one leg and what must come of it. The body may change the facts.
    mutating func single(
        _ kind: String, _ leg: Leg, at second: Double, _ adjust: (inout CallFactsForExpectation) -> Void = { _ in }
    ) {
        let event = event(leg, endedAt: second)
        plan(.call(event), at: event.modified)
        guard let id = leg.id else { return }
        var facts = CallFactsForExpectation(
            id: id, kind: kind, agent: leg.agent, inbound: leg.inbound, number: leg.other, start: event.start,
            talk: max(leg.talk, 0), answered: leg.answered, privacy: leg.privacy, recordings: leg.recordings.count,
            readyAt: event.modified)
        adjust(&facts)
        expect(facts)
    }

    /// An ordinary call of some agent with somebody outside.
    mutating func outsideLeg(inbound: Bool? = nil, agent: ScenarioPeople.Agent? = nil) -> Leg {
        let agent = agent ?? anyAgent()
        return Leg(
            id: generator.id(), agent: agent, own: agent.work, other: outsideNumber(), inbound: inbound ?? generator.chance(0.6),
            talk: talk(), ringing: generator.integer(2...20))
    }

    mutating func plain(inbound: Bool) {
        single(inbound ? "inbound" : "outbound", outsideLeg(inbound: inbound), at: moment())
    }

    mutating func recorded() {
        var leg = outsideLeg()
        leg.recordings = [generator.id()]
        single("recorded", leg, at: moment())
    }

    mutating func tooShort() {
        var leg = outsideLeg()
        leg.talk = generator.integer(0...max(0, settings.callDurationLimit - 1))
        single("too-short", leg, at: moment())
    }

    mutating func negativeDuration() {
        var leg = outsideLeg()
        leg.talk = -generator.integer(1...4000)
        single("negative-duration", leg, at: moment())
    }

    mutating func classed(_ privacy: String) {
        var leg = outsideLeg()
        leg.privacy = privacy
        single(privacy == "Private" ? "private" : "unclassified", leg, at: moment())
    }

    mutating func missed() {
        var leg = outsideLeg(inbound: true)
        leg.talk = 0
        leg.answered = false
        single("missed", leg, at: moment())
    }

    mutating func unanswered() {
        var leg = outsideLeg(inbound: false)
        leg.talk = 0
        leg.answered = false
        single("unanswered", leg, at: moment())
    }

    /// Through the mobile network: no user on the event, only the user's mobile number.
    mutating func mobile() {
        let agent = knownAgent()
        var leg = outsideLeg(agent: agent)
        leg.own = agent.mobile
        leg.callType = "MobileCall"
        if generator.chance(0.7) { leg.agent = nil }
        single("mobile", leg, at: moment()) { $0.agent = agent }
    }

    mutating func junkNumber() {
        let junk: [String?] = [
            "anonymous", "Anonymous", "", nil, "+", "unknown", "1234567890123456789012345678901234567890", "☎️🤖", "abc+def",
            "+\u{0}358", "\"quoted\"", "sip:user@example.com",
        ]
        var leg = outsideLeg()
        leg.other = generator.pick(junk)
        single("junk-number", leg, at: moment()) { $0.number = nil }
    }

    mutating func withoutTime() {
        let leg = outsideLeg()
        var event = event(leg, endedAt: moment())
        event.start = nil
        plan(.call(event), at: event.modified)
        guard let id = leg.id else { return }
        expect(
            CallFactsForExpectation(
                id: id, kind: "without-time", agent: leg.agent, inbound: leg.inbound, number: leg.other, start: nil,
                talk: leg.talk, readyAt: event.modified))
    }

    mutating func withoutID() {
        var leg = outsideLeg()
        leg.id = nil
        nameless += 1
        single("without-id", leg, at: moment())
    }
}
