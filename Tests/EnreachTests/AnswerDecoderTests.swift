import Foundation
import Testing

@testable import Enreach

@Suite("Answers, byte by byte")
struct AnswerDecoderTests {
    let decoder = AnswerDecoder(.standard)

    func calls(_ text: String) throws -> Listing<CallEvent> { try decoder.list(CallEvent.self, from: Array(text.utf8)) }
    func call(_ members: String) throws -> CallEvent { try #require(try calls("[{\(members)}]").first) }

    @Test("A whole call event")
    func whole() throws {
        let text = """
            {"CallId":"4b415288-8604-4b6c-b604-e4eaeb90c938","ANum":"+358501231234","BNum":"+4612312345","TimeStamp":"2022-11-02T08:15:30Z",
             "Direction":1,"EndResult":0,"Duration":125,"RingingDuration":7,"CallTypeString":"Direct","UserName":"agent@example.com",
             "UserId":"00000000-0000-0000-0000-00000000000A","RecordingIds":["00000000-0000-0000-0000-000000000001"],"TranscriptIds":[],
             "AnswerQueueId":null,"PrivacyClass":"Work","Modified":"2022-11-02T08:18:00.5Z","Unknown":{"a":[1,2,{"b":null}]}}
            """
        let event = try #require(try calls("[\(text)]").first)
        #expect(event.callID == UUID(uuidString: "4b415288-8604-4b6c-b604-e4eaeb90c938"))
        #expect(event.aNumber == "+358501231234")
        #expect(event.bNumber == "+4612312345")
        #expect(event.start == Date(timeIntervalSince1970: 1_667_376_930))
        #expect(event.direction == .outbound)
        #expect(event.answered == true)
        #expect(event.duration == 125)
        #expect(event.ringing == 7)
        #expect(event.callType == "Direct")
        #expect(event.userName == "agent@example.com")
        #expect(event.userID == UUID(uuidString: "00000000-0000-0000-0000-00000000000a"))
        #expect(event.recordingIDs == [UUID(uuidString: "00000000-0000-0000-0000-000000000001")])
        #expect(event.transcriptIDs.isEmpty)
        #expect(event.answerQueueID == nil)
        #expect(event.privacy == .work)
        #expect(event.modified == Date(timeIntervalSince1970: 1_667_377_080.5))
        #expect(event.unreadable.isEmpty)
        #expect(String(decoding: event.raw, as: UTF8.self) == text)
    }

    @Test("Names are read in any case", arguments: ["CallID", "callId", "CALLID", "callid", "\\u0043allId"])
    func anyCase(name: String) throws {
        #expect(try call(#""\#(name)":"4B415288-8604-4B6C-B604-E4EAEB90C938""#).callID != nil)
    }

    @Test(
        "Ids in every form",
        arguments: [
            "4B415288-8604-4B6C-B604-E4EAEB90C938", "{4b415288-8604-4b6c-b604-e4eaeb90c938}", "4b41528886044b6cb604e4eaeb90c938",
        ])
    func ids(text: String) throws {
        #expect(try call(#""CallId":"\#(text)""#).callID == UUID(uuidString: "4b415288-8604-4b6c-b604-e4eaeb90c938"))
    }

    @Test(
        "Numbers in every form",
        arguments: [
            ("125", 125), ("\"125\"", 125), ("125.0", 125), ("\"00:02:05\"", 125), ("-3", -3), ("1e2", 100), ("\"-3\"", -3),
        ])
    func numbers(text: String, value: Int) throws { #expect(try call("\"Duration\":\(text)").duration == value) }

    @Test("Null and empty text are nothing, and no error", arguments: ["null", "\"\""])
    func nothing(text: String) throws {
        let event = try call(
            #""CallId":\#(text),"ANum":\#(text),"TimeStamp":\#(text),"Duration":\#(text),"Direction":\#(text),"EndResult":\#(text),"RecordingIds":\#(text),"PrivacyClass":\#(text)"#
        )
        #expect(event.callID == nil && event.aNumber == nil && event.start == nil && event.duration == nil)
        #expect(event.direction == nil && event.answered == nil && event.recordingIDs.isEmpty && event.privacy == .undefined)
        #expect(event.unreadable.isEmpty)
    }

    @Test("What makes no sense is nil and named, and costs no other field")
    func unreadable() throws {
        let event = try call(
            #""CallId":"no id","TimeStamp":"soon","Duration":"long","ANum":{"x":1},"RecordingIds":["x","00000000-0000-0000-0000-000000000001"],"BNum":"+1""#
        )
        #expect(event.callID == nil && event.start == nil && event.duration == nil && event.aNumber == nil)
        #expect(event.recordingIDs.count == 1)
        #expect(event.bNumber == "+1")
        #expect(event.unreadable == [.callID, .callStart, .callDuration, .callANumber, .callRecordingIDs])
    }

    @Test(
        "Direction, result and privacy",
        arguments: [
            (#""Direction":0,"EndResult":"0","PrivacyClass":"work""#, CallDirection.inbound, true, CallPrivacy.work),
            (#""Direction":"2","EndResult":17,"PrivacyClass":"PRIVATE""#, .outbound, false, .private),
            (#""Direction":"In","EndResult":"Answered","PrivacyClass":"Undefined""#, .inbound, true, .undefined),
            (#""Direction":1,"EndResult":1,"PrivacyClass":2"#, .outbound, false, .unknown("2")),
        ])
    func coded(members: String, direction: CallDirection, answered: Bool, privacy: CallPrivacy) throws {
        let event = try call(members)
        #expect(event.direction == direction)
        #expect(event.answered == answered)
        #expect(event.privacy == privacy)
    }

    @Test(
        "Numbers of no use come through as they are",
        arguments: ["anonymous", "+", "1234567890123456789012345678901234567890", "\u{1F4DE}", "  "])
    func oddNumbers(number: String) throws { #expect(try call("\"ANum\":\"\(number)\"").aNumber == number) }

    @Test("Escapes, emoji and surrogate pairs are decoded")
    func escapes() throws {
        #expect(try call(#""UserName":"a\"b\\c\/d\n\t\u00e5\ud83d\ude00""#).userName == "a\"b\\c/d\n\tå😀")
    }

    @Test(
        "What jsonb refuses is repaired in text and in raw",
        arguments: [
            (#"{"UserName":"a\u0000b"}"#, "a\u{FFFD}b"), (#"{"UserName":"a\ud83d b"}"#, "a\u{FFFD} b"),
            (#"{"UserName":"a\ude00"}"#, "a\u{FFFD}"),
            ("{\"UserName\":\"a\u{01}b\"}", "a\u{01}b"),
        ])
    func repaired(text: String, name: String) throws {
        let event = try #require(try calls("[\(text)]").first)
        #expect(event.userName == name)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(event.raw)) as? [String: String])
        #expect(object["UserName"] == name)
        #expect(!String(decoding: event.raw, as: UTF8.self).contains("\\u0000"))
    }

    @Test("A raw NUL is replaced, in texts with escapes too", arguments: ["a\0b", "\\u0061\0b"])
    func rawNUL(name: String) throws { #expect(try call("\"UserName\":\"\(name)\"").userName == "a\u{FFFD}b") }

    @Test(
        "Lengths that can't be are cut to ten years",
        arguments: [("9223372036854775807", 315_360_000), ("-9223372036854775808", -315_360_000), ("\"1e12\"", 315_360_000)])
    func endless(text: String, seconds: Int) throws { #expect(try call("\"Duration\":\(text)").duration == seconds) }

    @Test("Invalid UTF-8 is repaired")
    func invalidUTF8() throws {
        let body = Array("[{\"UserName\":\"a".utf8) + [0xFF, 0xC3] + Array("\"}]".utf8)
        let event = try #require(try decoder.list(CallEvent.self, from: body).first)
        #expect(event.userName?.hasPrefix("a\u{FFFD}") == true)
        #expect(String(validating: event.raw, as: UTF8.self) != nil)
    }

    @Test(
        "A broken element leaves its neighbours alone",
        arguments: [
            "null", "42", "\"text\"", "[1,2]", "{\"Duration\":NaN}", "{\"Duration\":01}", "{\"TimeStamp\":2025-10-28}",
            "{\"a\":\"\\x\"}", "{\"a\" 1}", "{'a':1}",
            "{\"Duration\":1e999999}", "{\"a\":{\"b\":[}]}}",
        ])
    func isolated(broken: String) throws {
        let listing = try calls(#"[{"ANum":"1"}, \#(broken) ,{"ANum":"2"}]"#)
        #expect(listing.map(\.aNumber) == ["1", "2"])
        #expect(listing.malformed.count == 1)
        #expect(listing.malformed.first?.index == 1)
        #expect(listing.malformed.first?.raw.hasPrefix(broken.prefix(3)) == true)
    }

    @Test(
        "A body that is cut off or is no list is refused as a whole",
        arguments: [
            "", "[", "[{", "[{\"ANum\":\"1\"}", "[{\"ANum\":\"1", "[{\"ANum\":\"1\"},", "{\"Message\":\"no\"}", "<html>", "[]x",
            "\"text\"", "[{\"a\":\"\\u12",
        ])
    func refused(body: String) { #expect(throws: JSONSyntaxError.self) { try calls(body) } }

    @Test(
        "Every prefix of an answer either is refused or is the whole",
        arguments: [#"[{"CallId":"x","a":[1,{"b":"\u00e5"}]},{"ANum":null}]"#])
    func everyCut(body: String) {
        for length in 0..<body.utf8.count {
            #expect(throws: JSONSyntaxError.self) { try decoder.list(CallEvent.self, from: Array(body.utf8.prefix(length))) }
        }
    }

    @Test("Deep nesting costs one element, not the stack")
    func deep() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let listing = try calls("[{\"a\":\(deep)},{\"ANum\":\"2\"}]")
        #expect(listing.count == 1 && listing.malformed.count == 1)
    }

    @Test("Empty lists in their forms", arguments: ["[]", " [ ] ", "null", "\u{FEFF}[]"])
    func empty(body: String) throws { #expect(try calls(body).isEmpty) }

    @Test("Names can be replaced by configuration")
    func overrides() throws {
        let map = try FieldMap(overrides: [
            "call.privacy": ["Privacy", "Class"], "value.work": ["2"], "call.duration": ["LengthSeconds"],
        ])
        let event = try #require(
            try AnswerDecoder(map).list(
                CallEvent.self, from: Array(#"[{"privacy":2,"LengthSeconds":9,"Duration":1,"PrivacyClass":"Private"}]"#.utf8)
            ).first)
        #expect(event.privacy == .work)
        #expect(event.duration == 9)
        #expect(throws: UnknownName.self) { try FieldMap(overrides: ["call.colour": ["Red"]]) }
        #expect(throws: UnknownName.self) { try RequestMap(overrides: ["path.nowhere": "x"]) }
    }

    @Test("Users, queues and service calls")
    func others() throws {
        let user = try #require(
            try decoder.list(
                EnreachUser.self,
                from: Array(
                    #"[{"ID":"00000000-0000-0000-0000-000000000001","USERNAME":"a@b","Email":"a@c","MobileNumber":"+358501"}]"#
                        .utf8)
            ).first)
        #expect(user.id != nil && user.userName == "a@b" && user.email == "a@c" && user.mobileNumber == "+358501")
        let queue = try #require(
            try decoder.list(
                EnreachQueue.self,
                from: Array(
                    #"[{"Id":"00000000-0000-0000-0000-000000000001","Name":"Sales","TypeId":4,"Numbers":["+3581","+3582"],"Status":null}]"#
                        .utf8)
            ).first)
        #expect(queue.name == "Sales" && queue.typeID == 4 && queue.numbers.count == 2)
        let call = try #require(
            try decoder.list(
                ServiceCall.self,
                from: Array(
                    #"[{"ServiceCallId":"00000000-0000-0000-0000-000000000001","QueueName":null,"StartTime":"/Date(1000)/","UserName":"a","AnswerUserName":null}]"#
                        .utf8)
            ).first)
        #expect(
            call.serviceCallID != nil && call.queueName == nil && call.start == Date(timeIntervalSince1970: 1)
                && call.userName == "a")
    }
}
