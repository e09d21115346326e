"""ChatML, and the chat templates of the three roles.

    <|im_start|>user\\n你好<|im_end|>\\n<|im_start|>assistant\\n<think>\\n…\\n</think>\\n\\n…<|im_end|>\\n

The reasoning template speaks Qwen3's hybrid protocol: `enable_thinking=False` puts an empty block
into the prompt, and the thoughts of earlier questions are left out of the history.
"""

from __future__ import annotations

END_OF_TEXT, TURN, END_OF_TURN = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
THINK, END_OF_THINK = "<think>", "</think>"
TOOL_CALL, END_OF_TOOL_CALL = "<tool_call>", "</tool_call>"
NO_THOUGHT = f"{THINK}\n\n{END_OF_THINK}\n\n"

PLAIN = """\
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""

HYBRID = """\
{%- set place = namespace(last_user=-1) -%}
{%- for message in messages -%}
{%- if message.role == 'user' -%}{%- set place.last_user = loop.index0 -%}{%- endif -%}
{%- endfor -%}
{%- for message in messages -%}
{%- set content = message.content or '' -%}
{%- if message.role == 'assistant' -%}
{%- set thought = message.reasoning_content or '' -%}
{%- if '</think>' in content -%}
{%- set thought = thought or content.split('</think>')[0].split('<think>')[-1] -%}
{%- set content = content.split('</think>')[-1].lstrip('\\n') -%}
{%- endif -%}
{%- if thought.strip() and loop.index0 > place.last_user -%}
{%- set content = '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content -%}
{%- endif -%}
{%- endif -%}
{{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- if enable_thinking is defined and enable_thinking is false -%}
{{- '<think>\\n\\n</think>\\n\\n' -}}
{%- endif -%}
{%- endif -%}
"""


def turn(role: str, content: str) -> str:
    """Return one turn in ChatML."""
    return f"{TURN}{role}\n{content}{END_OF_TURN}\n"
