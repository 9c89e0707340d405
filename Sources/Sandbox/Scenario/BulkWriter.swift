import Foundation

/// Plain Work calls, cheaply: every one to be written, known agents, known customers.
enum BulkWriter {
    static func write(
        _ request: ScenarioRequest, people: ScenarioPeople, schedule: ScenarioSchedule, seed: UInt64
    ) -> ScenarioScript {
        var generator = SeededGenerator(seed: seed, purpose: "bulk")
        var script = ScenarioScript(people: people)
        let known = people.agents.filter { $0.systemUser != nil && !$0.disabled }
        let numbers = people.customers.filter { $0.value.count == 1 }.keys.sorted()
        script.changes.reserveCapacity(request.calls)
        script.expectations.reserveCapacity(request.calls)
        for index in 0..<request.calls {
            let agent = known[index % known.count]
            let number = numbers[generator.integer(0...numbers.count - 1)]
            let duration = generator.integer(20...600)
            let ended = schedule.instant(schedule.length * Double(index) / Double(max(request.calls, 1)))
            let inbound = generator.next() & 1 == 0
            let start = ended - Double(duration + 5)
            let id = generator.id()
            script.changes.append(
                PlannedChange(
                    at: ended,
                    change: .call(
                        CallEventRecord(
                            callID: id, aNumber: inbound ? number : agent.work, bNumber: inbound ? agent.work : number,
                            start: start, inbound: inbound, duration: duration, userID: agent.enreachID,
                            userName: agent.userName, modified: ended))))
            let customer = people.customers[number]?.first
            script.expectations.append(
                CallExpectation(
                    callID: id, kind: "plain", state: .written, reason: nil, owner: agent.systemUser,
                    direction: inbound ? "inbound" : "outbound", start: start, duration: duration, number: number,
                    regardingTable: customer?.table, regardingID: customer?.id, regardingCertain: true, queueName: nil,
                    recordings: 0, adopts: nil, readyAt: ended, settledAt: ended))
        }
        return script
    }
}
