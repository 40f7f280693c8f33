// The fiber switch of the SIMT harness (x86-64): saves the callee-saved registers, swaps the stacks.
asm(R"(.text
.globl simt_switch
simt_switch:
  push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15
  mov %rsp,(%rdi); mov %rsi,%rsp
  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp
  ret
)");
