#ifndef TRUNKLINE_DIGIT_PATTERN_H
#define TRUNKLINE_DIGIT_PATTERN_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trunkline {

/// A regular expression over digits, as libphonenumber's metadata has them: classes, groups, alternatives, counted repeats.
///
/// Matches like libphonenumber's own engine (the first alternative that leads to a match wins), and need not know anything but ten
/// digits.
class DigitPattern {
 public:
  /// What can't be understood is not `isUsable()`; then libphonenumber has to be asked.
  explicit DigitPattern(const std::string &pattern);

  bool isUsable() const { return isUsable_; }
  bool isEmpty() const { return isEmpty_; }
  /// Whether the whole of the digits matches. An empty pattern matches nothing.
  bool matchesAll(std::string_view digits) const;
  /// Length of the match at the beginning; -1 without one.
  int matchAtStart(std::string_view digits) const;

 private:
  struct Step {
    enum Kind : uint8_t { digit, split, jump, end, matched } kind;
    uint16_t digits;  // bit n: digit n
    uint32_t first, second;
  };
  struct Reader;
  struct Writer;
  int run(uint32_t step, std::string_view digits, size_t position, bool all) const;

  std::vector<Step> steps_;
  bool isUsable_ = true;
  bool isEmpty_;
};

}  // namespace trunkline

#endif
