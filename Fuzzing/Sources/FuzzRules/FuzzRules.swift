import Routing

/// Compiles the bytes as a rule document and, when they are one, follows calls through it: no answer is the called number, and none comes back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRules(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeRawBufferPointer(start: start, count: min(count, 16_384)), as: UTF8.self)
    guard let program = try? RuleProgram.compile(text, file: "fuzz.yaml") else { return 0 }
    let numbers = ["+35893100500", "+35893100501", "+35893100502", "+358401110001"]
    for bits in 0..<16 {
        var facts = CallerFacts()
        facts.kind = bits & 1 == 0 ? .unknown : .contact
        facts.segment = bits & 2 == 0 ? nil : "VIP"
        facts.owner = bits & 4 == 0 ? nil : E164("+358401110001")
        facts.queue = bits & 8 == 0 ? nil : E164("+35893100501")
        for first in numbers { follow(program, facts, from: first, at: Int64(bits) * 40_000_000) }
    }
    return 0
}

private func follow(_ program: RuleProgram, _ facts: CallerFacts, from first: String, at time: Int64) {
    var bnum = first
    var visited: Set<String> = []
    while true {
        precondition(visited.insert(bnum).inserted, "a call came to \(bnum) twice")
        let call = RouteCall(anum: "+358401234567", bnum: bnum, callID: "call", at: time)
        let story = program.explain(call, facts)
        precondition(story.decision == program.decide(call, facts))
        guard case .route(let number, let fail, _) = story.decision.outcome else { return }
        precondition(number.text != bnum && fail?.text != bnum && fail != number)
        bnum = number.text
    }
}
