import Foundation

/// Calls with several legs, or a queue.
extension MorningDraft {
    /// Through a queue. A user's leg that is not classed counts as Work with it.
    mutating func serviceCall(named: Bool, classed: Bool) {
        let queue = generator.pick(people.queues)
        let agent = anyAgent()
        var leg = outsideLeg(inbound: true, agent: agent)
        leg.queue = named ? queue.id : nil
        leg.privacy = classed ? "Work" : "Undefined"
        leg.callType = "ServiceCall"
        let event = event(leg, endedAt: moment())
        guard let id = leg.id, let begun = event.start else { return }
        let waited = Double(generator.integer(0...120))
        plan(.call(event), at: event.modified)
        plan(
            .serviceCall(
                ServiceCallRecord(
                    serviceCallID: generator.id(), callID: id, queueName: named ? queue.name : nil,
                    queueID: named ? queue.id : nil, queueNumber: queue.numbers.first, aNumber: leg.other,
                    bNumber: queue.numbers.first, start: begun - waited, duration: leg.talk, userID: agent.enreachID,
                    userName: agent.userName, modified: event.modified)),
            at: event.modified)
        expect(
            CallFactsForExpectation(
                id: id, kind: named ? (classed ? "service" : "service-unclassified") : "service-nameless-queue", agent: agent,
                inbound: true, number: leg.other, start: begun - waited, talk: leg.talk, queueName: named ? queue.name : nil,
                readyAt: event.modified))
    }

    /// Between two own users: an event for each.
    mutating func internalCall() {
        let pair = agents(2)
        let id = generator.id()
        let talk = talk()
        let caller = Leg(id: id, agent: pair[0], own: pair[0].work, other: pair[1].work, inbound: false, talk: talk)
        let called = Leg(id: id, agent: pair[1], own: pair[1].work, other: pair[0].work, inbound: true, talk: talk)
        let second = moment()
        let first = event(caller, endedAt: second)
        plan(.call(first), at: first.modified)
        plan(.call(event(called, endedAt: second)), at: first.modified)
        expect(
            CallFactsForExpectation(
                id: id, kind: "internal", agent: pair[0], inbound: false, number: pair[1].work, start: first.start, talk: talk,
                isInternal: true, readyAt: first.modified))
    }

    /// Two or three agents one after the other; whoever talks longest has it.
    mutating func transfer() {
        let count = generator.integer(2...3)
        let chain = agents(count)
        let inbound = generator.chance(0.8)
        let number = outsideNumber()
        let id = generator.id()
        // No two talks are equally long.
        let talks = (0..<count).map { 20 + $0 * 7 + generator.integer(0...60) * 21 }
        let ends = schedule.instant(moment())
        var start = ends - Double(talks.reduce(0, +) + count * 6)
        let begun = start
        var recordings = 0
        for (index, agent) in chain.enumerated() {
            var leg = Leg(
                id: id, agent: agent, own: agent.work, other: number, inbound: inbound, talk: talks[index], ringing: 5,
                callType: index == 0 ? "DirectCall" : "Transfer")
            if generator.chance(0.3) {
                leg.recordings = [generator.id()]
                recordings += 1
            }
            let end = start + Double(leg.talk + leg.ringing)
            let modified = schedule.pace == 1 ? end + 1 : ends + Double(index) / 10
            plan(.call(event(leg, start: start, modified: modified)), at: modified)
            start = end
        }
        let longest = talks.indices.max { talks[$0] < talks[$1] } ?? 0
        expect(
            CallFactsForExpectation(
                id: id, kind: "transfer", agent: chain[longest], inbound: inbound, number: number, start: begun,
                talk: talks.reduce(0, +), recordings: recordings, readyAt: changes.last?.at ?? ends))
    }

    /// Rings at several, one answers.
    mutating func ringGroup() {
        let group = agents(3)
        let number = outsideNumber()
        let id = generator.id()
        let talk = talk()
        let second = moment()
        let answered = event(
            Leg(id: id, agent: group[0], own: group[0].work, other: number, inbound: true, talk: talk, ringing: 12),
            endedAt: second)
        for agent in group.dropFirst() {
            let leg = Leg(
                id: id, agent: agent, own: agent.work, other: number, inbound: true, talk: 0, ringing: 12, answered: false)
            plan(.call(event(leg, start: answered.start, modified: answered.modified)), at: answered.modified)
        }
        plan(.call(answered), at: answered.modified)
        expect(
            CallFactsForExpectation(
                id: id, kind: "ring-group", agent: group[0], inbound: true, number: number, start: answered.start, talk: talk,
                readyAt: answered.modified))
    }
}
