import Testing

@testable import Dynamics

@Suite struct OutcomeTests {
    static let row = "phonecalls(6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10)"
    static let create = BatchOperation.changeSet([.createOnly(row, []), .updateOnly(row, [])])
    static let update = BatchOperation.change(.updateOnly(row, []))
    static let guarded = BatchOperation.change(.guarded(row, etag: "W/\"1\"", []))
    static let upsert = BatchOperation.change(.upsert(row, []))
    static let delete = BatchOperation.change(.delete(row))
    static let read = BatchOperation.get(ODataQuery("contacts"))

    private func outcome(_ status: Int, _ body: String, _ operation: BatchOperation, retryAfter: Double? = nil) -> DynamicsOutcome
    {
        let response = PartResponse(status: status, retryAfter: retryAfter, body: Array(body.utf8))
        return DynamicsOutcome(response, asked: operation.asked)
    }

    private func error(_ code: String, _ message: String = "") -> String {
        #"{"error":{"code":"\#(code)","message":"\#(message)"}}"#
    }

    @Test(arguments: [
        (200, "", "success"), (204, "", "success"), (304, "", "success"),
        (412, "0x80040237", "already_written"), (412, "0x80060892", "already_written"), (412, "", "already_written"),
        (412, "0x80060882", "version_conflict"), (412, "0x80040333", "permanent"), (500, "0x80040333", "transient"),
        (429, "0x80072322", "throttled"), (429, "0x80072321", "throttled"), (429, "0x80072326", "throttled"),
        (503, "0x80072324", "throttled"), (429, "", "throttled"),
        (400, "0x80048544", "permanent"), (400, "0x80044150", "transient"), (500, "0x80044151", "transient"),
        (400, "0x80040216", "transient"), (400, "0x80040265", "permanent"),
        (403, "0x80040220", "privilege"), (403, "0x80072560", "privilege"), (400, "0x80048306", "privilege"),
        (403, "", "privilege"),
        (400, "0x80044331", "permanent"), (400, "0x80048408", "permanent"), (400, "0x8004022e", "permanent"),
        (400, "0x80060890", "configuration"), (400, "0x80041103", "configuration"), (400, "0x80048d19", "permanent"),
        (400, "", "permanent"), (401, "", "configuration"), (404, "", "configuration"), (413, "", "permanent"),
        (500, "", "transient"), (502, "", "transient"), (503, "", "transient"), (504, "", "transient"),
        (501, "", "configuration"),
        (302, "", "configuration"),
    ]) func `a create is read by code, then by status`(status: Int, code: String, name: String) {
        #expect(outcome(status, error(code), Self.create).name == name)
    }

    @Test(arguments: ["0x80040237", "0X80040237", "-2147220937", "2147746359"])
    func `codes come in hex and in decimal`(code: String) {
        #expect(outcome(412, error(code), Self.create) == .alreadyWritten)
    }

    @Test(arguments: [(Double.nan, nil), (.infinity, nil), (1e300, 3600), (-5, 0), (7, 7)] as [(Double, Double?)])
    func `a wait is bounded whatever was asked for`(seconds: Double, expected: Double?) {
        guard case .throttled(let wait, _) = outcome(429, error(""), Self.create, retryAfter: seconds) else {
            Issue.record("not throttled")
            return
        }
        #expect(wait == expected.map { .seconds($0) })
    }

    @Test func `a word for a code is short and has no control characters`() {
        let code = DynamicsFault.normalised(.string("a\0" + String(repeating: "b", count: 1000)))
        #expect(code.unicodeScalars.count == 64 && code.hasPrefix("a b"))
    }

    @Test func `a number without quotes is a code as well`() {
        #expect(outcome(412, #"{"error":{"code":-2147220937,"message":""}}"#, Self.create) == .alreadyWritten)
    }

    @Test func `the same row missing means a human deleted it`() {
        let text = "Entity 'PhoneCall' With Id = 6F3C1C1E-6F0E-5C57-9E5E-7D2C5F3C8A10 Does Not Exist"
        #expect(outcome(404, error("0x80040217", text), Self.update) == .deletedByHuman)
        #expect(outcome(404, error("0x80040217", text), Self.guarded) == .deletedByHuman)
        #expect(outcome(404, error("0x80040217", text), Self.delete) == .deletedByHuman)
        #expect(outcome(404, error("", text), Self.update) == .deletedByHuman)
        #expect(outcome(404, error("0x80060891"), Self.update) == .deletedByHuman)
    }

    @Test func `another row missing means a reference is gone`() throws {
        let text = "Entity 'Contact' With Id = 11111111-1111-4111-8111-111111111111 Does Not Exist"
        for operation in [Self.create, Self.update, Self.upsert] {
            let outcome = outcome(404, error("0x80040217", text), operation)
            #expect(outcome.name == "missing_reference")
            #expect(outcome.fault?.missing == .init(entity: "Contact", id: "11111111-1111-4111-8111-111111111111"))
            #expect(outcome.reaction == .decideAgain)
        }
        #expect(
            DynamicsFault.missingRow(in: "Contact With Ids = 11111111-1111-4111-8111-111111111111 Do Not Exist")?.entity
                == "Contact")
        #expect(DynamicsFault.missingRow(in: "the weather does not exist") == nil)
    }

    @Test func `a web page instead of an answer is told by its status`() {
        let page = "<html><head><title>502 Bad Gateway</title>\n</head></html>"
        #expect(outcome(502, page, Self.create).name == "transient")
        #expect(outcome(502, page, Self.create).fault?.bodyStart?.hasPrefix("<html>") == true)
        #expect(outcome(404, page, Self.update).name == "configuration")
        #expect(outcome(412, page, Self.guarded) == .versionConflict)
        #expect(outcome(412, page, Self.upsert).name == "permanent")
    }

    @Test func `errors without the wrapper are read`() {
        let fault = DynamicsFault(status: 400, body: Array(#"{"Message":"The request is invalid."}"#.utf8))
        #expect(fault.message == "The request is invalid.")
        #expect(fault.bodyStart == nil)
        #expect(DynamicsFault(status: 500, body: []).bodyStart == nil)
    }

    @Test func `an unknown column is the environment's fault, other payload errors are the record's`() {
        #expect(
            outcome(400, error("0x80048d19", "An undeclared property 'enr_callid' which only has"), Self.create).name
                == "configuration")
        #expect(
            outcome(400, error("0x80060888", "Could not find a property named 'foo' on type"), Self.read).name == "configuration")
        #expect(outcome(400, error("0x80060888", "There is an unterminated literal"), Self.read).name == "permanent")
    }

    @Test func `an upsert that lost a race is repeated`() {
        #expect(outcome(412, error("0x80060892"), Self.upsert).name == "transient")
    }

    @Test func `a refusal carries its time`() {
        guard case .throttled(let after, let fault) = outcome(429, error("0x80072321"), Self.create, retryAfter: 23) else {
            Issue.record("not throttled")
            return
        }
        #expect(after == .seconds(23))
        #expect(ThrottleKind(fault) == .executionTime)
    }

    @Test func `reactions`() {
        let fault = DynamicsFault(status: 400)
        #expect(DynamicsOutcome.success.reaction == .done)
        #expect(DynamicsOutcome.alreadyWritten.reaction == .done)
        #expect(DynamicsOutcome.deletedByHuman.reaction == .stop)
        #expect(DynamicsOutcome.versionConflict.reaction == .readAgainAndMerge)
        #expect(DynamicsOutcome.throttled(retryAfter: .seconds(2), fault).reaction == .repeatAfter(.seconds(2)))
        #expect(DynamicsOutcome.transient(fault).reaction == .repeatAfter(nil))
        #expect(DynamicsOutcome.permanent(fault).reaction == .deadLetter)
        #expect(DynamicsOutcome.privilege(fault).reaction == .holdForOperator)
        #expect(DynamicsOutcome.configuration(fault).reaction == .holdForOperator)
    }

    @Test func `what logs see holds nothing of people`() {
        let fault = DynamicsFault(status: 412, body: Array(error("0x80040333", "Ann, +31 6 1234").utf8))
        #expect("\(fault)" == "HTTP 412, 0x80040333")
        #expect(fault.debugDescription.contains("Ann"))
    }

    @Test func `operators are told the privilege`() {
        let message = "Principal user (Id=1, type=8) is missing prvCreateActivity privilege (Id=2) on OTC=4200"
        let fault = DynamicsFault(status: 403, body: Array(error("0x80040220", message).utf8))
        #expect(fault.operatorText.contains("prvCreateActivity"))
        #expect(DynamicsFault(status: 403, code: "0x80072560").operatorText.contains("does not exist in the environment"))
    }
}
