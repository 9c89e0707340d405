import Foundation
import Sandbox
import Testing

@Suite("The sandbox's JSON")
struct JSONTests {
    @Test(
        "reads what the standard library reads",
        arguments: [
            #"{"a":[1,-2,3.5,1.25e1,true,false,null],"b":{"c":"d\n\"\\\/é😀é😀"}}"#, "[]", "{}", " \n\"x\" ", "-0",
            "9223372036854775807",
            "12345678901234567890", #"{"a":1,"a":2}"#, #"["\ud800"]"#,
        ])
    func reads(text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        let again = try JSON(parsing: json.encoded)
        #expect(again == json)
        if let reference = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSObject {
            let ours = try JSONSerialization.jsonObject(with: Data(json.encoded), options: .fragmentsAllowed) as? NSObject
            #expect(ours == reference)
        }
    }

    @Test(
        "refuses what is no JSON",
        arguments: ["", "{", "[1,]", "{\"a\"}", "{a:1}", "\"x", "01x", "nul", "[1] x", "\"\u{1}\"", #""\x""#])
    func refuses(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test("survives deep nesting with a refusal")
    func deep() {
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 100_000)) }
    }
}
