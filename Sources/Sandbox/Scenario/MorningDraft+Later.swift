import Foundation

/// Calls that change after they ended, and calls that the agent's own client has written.
extension MorningDraft {
    /// Not classed at first, Work a while later.
    mutating func classedLater() {
        var leg = outsideLeg()
        leg.privacy = "Undefined"
        let delay = Double(generator.integer(120...1800))
        let ended = moment(before: delay)
        let later = schedule.instant(ended + delay)
        single("classed-later", leg, at: ended) { facts in
            facts.privacy = "Work"
            facts.readyAt = later
        }
        if let id = leg.id { plan(.privacy(call: id, "Work"), at: later) }
    }

    /// Work at first, taken back a while later: what was written must go.
    mutating func classedAway() {
        let leg = outsideLeg()
        let delay = Double(generator.integer(900...2700))
        let ended = moment(before: delay)
        let later = schedule.instant(ended + delay)
        single("classed-away", leg, at: ended) { facts in
            facts.withdrawn = true
            facts.readyAt = later
        }
        if let id = leg.id { plan(.privacy(call: id, generator.chance(0.7) ? "Private" : "Undefined"), at: later) }
    }

    /// The recording is ready only after the call was shown.
    mutating func lateRecording() {
        let leg = outsideLeg()
        let delay = Double(generator.integer(60...900))
        let ended = moment(before: delay)
        let later = schedule.instant(ended + delay)
        single("late-recording", leg, at: ended) { facts in
            facts.recordings = 1
            facts.settledAt = later
        }
        if let id = leg.id { plan(.recording(call: id, user: leg.agent?.enreachID, generator.id()), at: later) }
    }

    /// The agent's own client has made a phone call for it, within the margin of its start.
    mutating func sidebar() {
        let margin = settings.callStartMargin
        writtenByClient("sidebar", apart: Double(generator.integer(-margin / 2...margin / 2)), adopts: true)
    }

    /// A phone call of the same agent with the same number, but further away than the margin: another call.
    mutating func sidebarElsewhere() {
        let apart = settings.callStartMargin + generator.integer(120...1200)
        writtenByClient("sidebar-elsewhere", apart: Double(-apart), adopts: false)
    }

    private mutating func writtenByClient(_ kind: String, apart: Double, adopts: Bool) {
        let agent = knownAgent()
        var leg = outsideLeg(agent: agent)
        leg.other = rareNumber()
        let second = moment()
        let event = event(leg, endedAt: second)
        guard let owner = agent.systemUser, let start = event.start, let number = leg.other else { return }
        let phoneCall = SidebarPhoneCall(
            id: generator.id(), owner: owner, number: number, outgoing: !leg.inbound, start: start + apart,
            end: start + apart + Double(leg.talk), completed: generator.chance(0.5), regarding: people.customers[number]?.first)
        // Before the call shows, so that a hub that looks finds it.
        plan(.sidebar(phoneCall), at: event.modified - 0.5)
        single(kind, leg, at: second) { $0.adopts = adopts ? phoneCall.id : nil }
    }
}
